"""What each role may do with a row it can see; which rows those are is `tenants.scope`'s answer alone."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from postgres.viewer import ACCOUNTANT, MERCHANT


class Role(models.TextChoices):
    """What a person may do, and of whom they see anything: of all, of a reseller, or of customers that invited them."""

    SUPPORT = "support", _("Support")
    RESELLER_ADMIN = "reseller_admin", _("Reseller administrator")
    RESELLER_STAFF = "reseller_staff", _("Reseller staff")
    ACCOUNTANT = "accountant", _("Accountant")
    MERCHANT = "merchant", _("Restaurant's own people")


RESELLER_ROLES = (Role.RESELLER_ADMIN, Role.RESELLER_STAFF)
# Who sees customers one by one, by a membership each.
MEMBER_ROLES = (Role.ACCOUNTANT, Role.MERCHANT)
# As whom PostgreSQL knows them.
MEMBERS_IN_POSTGRES: dict[str, str] = {Role.ACCOUNTANT: ACCOUNTANT, Role.MERCHANT: MERCHANT}

OF_STAFF = frozenset(
    {
        *("view", "add", "change", "repost", "replace", "setaside", "check", "compare", "relink", "send", "release"),
        *("seeto", "accept"),
    }
)
# On any table of ours. To replace an entry an accountant needs its customer's leave too (`User.may_replace`).
ROLE_ACTIONS: dict[str, frozenset[str]] = {
    Role.SUPPORT: OF_STAFF
    | {"bookasis", "takeout", "correct", "restart", "takeown", "invite", "hijack", "resetfactor", "handover"},
    Role.RESELLER_ADMIN: OF_STAFF | {"bookasis", "takeout", "correct", "restart", "invite", "resetfactor", "handover"},
    Role.RESELLER_STAFF: OF_STAFF,
    Role.ACCOUNTANT: frozenset({"view", "check", "compare", "replace", "seeto", "accept"}),
    Role.MERCHANT: frozenset(),
}
# On single tables besides. An accountant's exports go into files; to Exact they go with "send".
FURTHER_ACTIONS: dict[str, Mapping[str, frozenset[str]]] = {
    Role.ACCOUNTANT: {
        "on_demand.ondemandexport": frozenset({"add"}),
        "on_demand.monthlyexport": frozenset({"add", "change"}),
        "exports.closeddays": frozenset({"change"}),
    },
    Role.MERCHANT: {
        "exact.activation": frozenset({"view", "relink"}),
        "exports.closeddays": frozenset({"view", "change"}),
        "exports.storedclosing": frozenset({"view"}),
        "tenants.establishment": frozenset({"view"}),
        "tenants.tenant": frozenset({"view"}),
        "tenants.till": frozenset({"view"}),
    },
}
SUPPORT_ONLY_MODELS = frozenset({"tenants.reseller", "exact.exactapp", "retention.retentionact"})
# Users and the audit are for those who may invite people; keys, raw pushes and notes of those who look after a customer
# concern no member.
INVITING_ONLY_MODELS = frozenset(
    {
        *("tenants.user", "tenants.membership", "tenants.lookthrough", "tenants.factorreset", "tenants.change"),
        *("tenants.handover", "tenants.handoveroffer", "tenants.offerreceived"),
    }
)
NOT_FOR_MEMBERS = frozenset({"clyo_ingest.tillkey", "clyo_ingest.push", "tenants.note"})


def role_allows(role: str, permission: str) -> bool:
    """Whether a role allows a permission ("tenants.view_till"), whatever the row."""
    app, _dot, codename = permission.partition(".")
    action, _underscore, model = codename.partition("_")
    table = f"{app}.{model}"
    if app not in settings.OUR_APPS:  # a library's own rows (devices, locks) belong to nobody's console
        return False
    if table in SUPPORT_ONLY_MODELS and role != Role.SUPPORT:
        return False
    if table in INVITING_ONLY_MODELS and "invite" not in ROLE_ACTIONS[role]:
        return False
    if table in NOT_FOR_MEMBERS and role in MEMBER_ROLES:
        return False
    return action in ROLE_ACTIONS[role] or action in FURTHER_ACTIONS.get(role, {}).get(table, frozenset())

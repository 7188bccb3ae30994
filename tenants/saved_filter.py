"""Filters of a list that a person keeps under a name, for itself or for its colleagues too."""

from collections.abc import Iterable

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from postgres.guards import Unchanging
from postgres.seen import Seen
from postgres.viewer import MEMBERS, RESELLER
from tenants.rights import Role
from tenants.users import User

NAME_MAX = 40
ASKED_MAX = 1500
EACH_MAX = 20
OWN = "person_id = {person}"
OF_COLLEAGUES = "shared AND person_id IN (SELECT id FROM tenants_user WHERE reseller_id = {reseller})"


class NameTaken(Exception):
    """The person has another filter of that list under this name."""


class TooMany(Exception):
    """The person keeps as many filters of that list as there may be."""


class SavedFilter(models.Model):
    """What a person asks of a list again and again. `asked` is the query of the list's address, in order of names.

    Shared, it is read by the people of the same reseller, or by all of support; a member has no colleagues here: two
    accountants of one customer may be of two firms. Only who keeps it changes it.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name=_("person"))
    listed = models.CharField(max_length=60, help_text="The list's model: exports.storedclosing.")
    name = models.CharField(_("name"), max_length=NAME_MAX)
    asked = models.CharField(max_length=ASKED_MAX)
    shared = models.BooleanField(_("shared with my colleagues"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("person", "listed", Lower("name"), name="tenants_savedfilter_one_per_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(asked=""), name="tenants_savedfilter_asks_something"),
            Unchanging("person_id", "listed", "asked"),
            Seen(
                reads={RESELLER: f"{OWN} OR ({OF_COLLEAGUES})", **dict.fromkeys(MEMBERS, OWN)},
                writes=dict.fromkeys((RESELLER, *MEMBERS), OWN),
            ),
        ]

    def __str__(self) -> str:
        return self.name


def filters_of(user: User, listed: str) -> QuerySet[SavedFilter]:
    """The filters of a list that a person may use: its own, and what its colleagues share."""
    readable = Q(person=user)
    if user.is_support:
        readable |= Q(shared=True, person__role=Role.SUPPORT, person__suspended_at=None)
    elif user.reseller_id is not None:
        readable |= Q(shared=True, person__reseller=user.reseller_id, person__suspended_at=None)
    return SavedFilter.objects.filter(readable, listed=listed).select_related("person").order_by("name", "pk")


def own_filter(user: User, pk: int) -> SavedFilter | None:
    """One of the person's own, of whatever list; None for anybody else's."""
    return SavedFilter.objects.filter(person=user, pk=pk).first()


def keep_filter(user: User, listed: str, name: str, asked: str, *, shared: bool) -> SavedFilter:
    """Keep a filter, once however often it is asked for, and shared as it is asked for last.

    Raises `NameTaken` and `TooMany`.
    """
    own = SavedFilter.objects.filter(person=user, listed=listed)
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        found = own.alias(lowered=Lower("name")).filter(lowered=Lower(Value(name))).first()
        if found is None:
            if own.count() >= EACH_MAX:
                raise TooMany
            return SavedFilter.objects.create(person=user, listed=listed, name=name, asked=asked, shared=shared)
        if found.asked != asked:
            raise NameTaken
        own.filter(pk=found.pk).update(shared=shared)
        return found


def rename_filter(kept: SavedFilter, name: str, *, shared: bool) -> None:
    """Give a filter another name, or share it, or no longer. Raises `NameTaken`."""
    kept.name, kept.shared = name, shared
    try:
        with transaction.atomic():
            kept.save(update_fields=["name", "shared"])
    except IntegrityError as error:
        raise NameTaken from error


def order_query(asked: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is asked, in order of names and without what is empty: two addresses of the same list are one text."""
    return sorted((name, value) for name, value in asked if value)

"""The settings of a means of payment: one row each, by the till's code and for a kind of them."""

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as N_

from booking.codes import CodeKind
from booking.kind_words import without_account
from booking.mapping import MeansOverride, Overrides
from booking.places import MeansPart
from booking.setting import Need, Setting, Source, of_default
from booking.subjects import Situation
from ledger.kinds import PaymentKind
from ledger.plan import MeansPlan

K = TypeVar("K")


def _make_settings(
    field: str,
    label: str,
    rows: Callable[[Overrides], dict[K, MeansOverride]],
    plan_of: Callable[[Situation, K], MeansPlan | None],
    kind_of: Callable[[Situation, K], PaymentKind],
    below: Callable[[Situation, K], Source],
) -> tuple[Setting[K], ...]:
    """The settings of a means of payment, by its code or for a kind of them."""
    return (
        Setting(
            field=f"{field}.{{}}",
            code=CodeKind.GL_ACCOUNT,
            label=label,
            place=MeansPart(rows, "account"),
            in_force=lambda situation, key: (plan_of(situation, key) or MeansPlan()).account or "",
            below=below,
            left_open=lambda situation, key: without_account(kind_of(situation, key)),
            column=gettext_lazy("Account"),
        ),
        Setting(
            field=f"{field}_journal.{{}}",
            code=CodeKind.JOURNAL,
            label=N_("{setting}: journal"),
            place=MeansPart(rows, "journal"),
            in_force=lambda situation, key: (plan_of(situation, key) or MeansPlan()).journal or "",
            below=below,
            left_open=lambda _situation, _key: N_("the receipts journal"),
            column=gettext_lazy("Journal"),
            goes_along=True,
        ),
        Setting(
            field=f"{field}_party.{{}}",
            code=CodeKind.THIRD_PARTY,
            label=N_("{setting}: third party"),
            place=MeansPart(rows, "third_party"),
            in_force=lambda situation, key: (plan_of(situation, key) or MeansPlan()).third_party,
            below=below,
            need=Need.WHERE_USED,
            offered=lambda situation, key: kind_of(situation, key).usual.owed_by_somebody,
            column=gettext_lazy("Third party"),
            goes_along=True,
        ),
    )


def _say_whose_kind(situation: Situation, code: str) -> Source:
    return Source.RESELLER if situation.kind_of(code) in situation.people.means_by_kind else Source.DEFAULT


OF_MEANS = _make_settings(
    "means",
    N_("Means of payment {name}"),
    lambda people: people.means,
    lambda situation, code: situation.plan.means_plan(code, situation.kind_of(code)),
    lambda situation, code: situation.kind_of(code),
    _say_whose_kind,
)
OF_KINDS = _make_settings(
    "means_by_kind",
    "{name}",
    lambda people: people.means_by_kind,
    lambda situation, kind: situation.plan.means_by_kind.get(kind),
    lambda _situation, kind: kind,
    of_default,
)
MEANS_ACCOUNT, KIND_ACCOUNT = OF_MEANS[0], OF_KINDS[0]

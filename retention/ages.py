"""The list of how long each table's rows are kept, and by which law: every table of the service has its row here.

Three ways of being kept. By *age*: `manage.py prune` deletes what is older. As *books*: they prove what was booked, and
are kept for ten years after the year they are of; what is older is counted, and a person decides. In *use*: the row
lives as long as what it belongs to. Sources: docs/decisions/0041.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db.models import Exists, Model, OuterRef, QuerySet

from clyo_ingest.models import Push, Restart
from concerns.models import AnswerLink, Letter, WebhookAttempt

ACCOUNTING_YEAR_AND_A_MONTH = timedelta(days=400)
SECURITY_LOGS = timedelta(days=180)
AT_ONCE = timedelta()
BOOKS_YEARS = 10


Older = Callable[[datetime], QuerySet[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How long the rows of one table are kept. `older` gives the rows whose time was over at a moment."""

    table: type[Model]
    kept: timedelta
    older: Older


def _tell_age_by(table: type[Model], column: str, *, kept: timedelta) -> Age:
    """How long rows are kept whose age a column of theirs tells, which holds a moment."""
    return Age(table=table, kept=kept, older=lambda at: table._default_manager.filter(**{f"{column}__lt": at}))


# Deleted by age, those that others refer to last.
AGES = (
    _tell_age_by(Session, "expire_date", kept=AT_ONCE),
    _tell_age_by(AccessAttemptExpiration, "expires_at", kept=SECURITY_LOGS),
    _tell_age_by(AccessAttempt, "attempt_time", kept=SECURITY_LOGS),
    _tell_age_by(AccessFailureLog, "attempt_time", kept=SECURITY_LOGS),
    _tell_age_by(AccessLog, "attempt_time", kept=SECURITY_LOGS),
    _tell_age_by(AnswerLink, "made_at", kept=ACCOUNTING_YEAR_AND_A_MONTH),
    _tell_age_by(WebhookAttempt, "at", kept=SECURITY_LOGS),
    Age(
        table=Letter,
        kept=ACCOUNTING_YEAR_AND_A_MONTH,
        older=lambda moment: _letters_with_a_newer_one().filter(made_at__lt=moment),
    ),
    Age(
        table=Push,
        kept=ACCOUNTING_YEAR_AND_A_MONTH,
        older=lambda moment: _pushes_that_made_nothing().filter(received_at__lt=moment),
    ),
)


def _letters_with_a_newer_one() -> QuerySet[Letter]:
    """Letters that are not a person's newest on their channel: that one is kept, as the next letter is made from it."""
    same = {"person": OuterRef("person"), "channel": OuterRef("channel")}
    newer = Letter.objects.filter(**same, made_at__gt=OuterRef("made_at"))
    return Letter.objects.filter(Exists(newer))


def _pushes_that_made_nothing() -> QuerySet[Push]:
    """Refused pushes, repeats and sent parameters. Not a push that made a closing (it has no stored answer), nor one
    that showed a till's restart: these are proofs."""
    shows_a_restart = Restart.objects.filter(push=OuterRef("pk"))
    return Push.objects.filter(~Exists(shows_a_restart), answer_status__isnull=False, made=None)


# By the labels of Django. The ten years begin when the business year ends, so the calendar year's end is the latest.
BOOKS = frozenset(
    {
        "booking.Mapping",
        "booking.MappingEvent",
        "clyo_ingest.Parameters",
        "clyo_ingest.ReceivedClosing",
        "clyo_ingest.Restart",
        "exact.ActivationEvent",
        "exact.BookLine",
        "exact.Finding",
        "exact.Past",
        "exact.Posting",
        "exact.PostingEvent",
        "exports.ClosingEvent",
        "exports.CountersAnew",
        "exports.CoveredTickets",
        "exports.LevelChange",
        "exports.NeverMade",
        "exports.Remainder",
        "exports.Replaced",
        "exports.Replacement",
        "exports.RepostItem",
        "exports.RepostRun",
        "exports.SetAside",
        "exports.StartChange",
        "exports.StoredClosing",
        "exports.UntoldTickets",
        "on_demand.BookYear",
        "on_demand.DeliveredClosing",
        "on_demand.ExportPart",
        "on_demand.ExportSet",
        "on_demand.FileContent",
        "on_demand.FilePiece",
        "on_demand.KeptNumber",
        "on_demand.OnDemandClosing",
        "on_demand.OnDemandExport",
        "on_demand.OnDemandShop",
        "on_demand.ValidatedEntry",
        "retention.PruneRound",
        "retention.RetentionAct",
        "tenants.Change",
        "tenants.FactorReset",
        "tenants.HandOver",
        "tenants.HandOverOffer",
        "tenants.LookThrough",
        "tenants.OfferReceived",
    }
)
USE = frozenset(
    {
        "admin.LogEntry",
        "auth.Group",
        "auth.Permission",
        "booking.AskedMeans",
        "clyo_ingest.PairingCode",
        "concerns.Webhook",
        "clyo_ingest.TillKey",
        "contenttypes.ContentType",
        "exact.Activation",
        "exact.ActivationLink",
        "exact.CatalogueItem",
        "exact.Connection",
        "exact.Division",
        "exact.ExactApp",
        "exact.Lane",
        "exports.Assignment",
        "exports.ClosedDays",
        "exports.ClosingKinds",
        "exports.Overtaken",
        "exports.SettingsLook",
        "on_demand.FileSettings",
        "on_demand.MonthlyExport",
        "otp_static.StaticDevice",
        "otp_static.StaticToken",
        "otp_totp.TOTPDevice",
        "tenants.Establishment",
        "tenants.LogIn",
        "tenants.Membership",
        "tenants.MovedTill",
        "tenants.Note",
        "tenants.Reseller",
        "tenants.SavedFilter",
        "tenants.Suspension",
        "tenants.TakeOver",
        "tenants.Tenant",
        "tenants.Till",
        "tenants.User",
    }
)

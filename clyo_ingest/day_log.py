"""The day's log of an establishment: what happened to its closings, in the order it happened. One list feeds the API,
the console and the text file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clyo_ingest.answers import LogAnswer, LogEvent, LoggedClosing, LoggedPush, Shop
from clyo_ingest.models import Parameters, Push, PushKind
from clyo_ingest.parameters import OF_PARAMETERS, version_of
from clyo_ingest.problem_bodies import Fault
from clyo_ingest.refusal_words import TITLES
from clyo_ingest.refused import Refused, refused_in
from exports.models import StoredClosing
from exports.models.called import call_number
from exports.words.closing_words import closing_words
from exports.words.history import Happening, of_closings, of_establishment
from exports.words.problems import sentence
from ledger.kinds import ClosingKind
from tenants.models import Establishment

LINES_MAX = 5000
VERSIONS_MAX = 50
FAULTS_SAID_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line. `about` is what it speaks of ("Z 1042 · General closing"); `state` the word of the new state."""

    at: datetime
    about: str
    what: str
    state: str
    till: str = ""
    why: str = ""
    actor: str = ""
    reference: str = ""
    correlation_id: str = ""
    closing_id: UUID | None = None
    closing: LoggedClosing | None = None
    push: LoggedPush | None = None

    def to_answer(self) -> LogEvent:
        """The line as the API gives it."""
        return LogEvent(
            at=timezone.localtime(self.at),
            closing=self.closing,
            push=self.push,
            till=self.till,
            state=self.state,
            message=self.what,
            detail=self.why,
            by=self.actor,
            reference=self.reference,
            exact_correlation_id=self.correlation_id,
        )

    def to_text(self, *, with_day: bool = False) -> str:
        """The line as people read it in a file; `with_day` where lines are of several days."""
        at = timezone.localtime(self.at)
        day = f"{date_format(at, 'SHORT_DATE_FORMAT')} " if with_day else ""
        told = [self.about, self.reference, self.what]
        line = f"{day}{at:%H:%M:%S}  {' · '.join(part for part in told if part)}"
        after = [self.why, self.actor, self.correlation_id and f"Exact {self.correlation_id}"]
        rest = " — ".join(part for part in after if part)
        return f"{line} — {rest}" if rest else line


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLog:
    """A day's lines; `cut` when there were more than 5,000, or than 50 versions of parameters.

    Of what happened that day by the clock; or `of_business_date`, whenever it happened to that date's closings.
    """

    establishment: Establishment
    day: date
    lines: list[LogLine]
    cut: bool
    of_business_date: bool = False

    def to_answer(self) -> LogAnswer:
        """The body of `GET /log`."""
        return LogAnswer(
            date=self.day,
            establishment=Shop.of(self.establishment),
            events=[line.to_answer() for line in self.lines],
            truncated=self.cut,
        )

    def to_text(self) -> str:
        """The log as a text file."""
        day = date_format(self.day, "SHORT_DATE_FORMAT")
        if self.of_business_date:
            title = _("{establishment}: log of the closings of business date {day}")
            nothing = _("No closing of that business date came.")
        else:
            title, nothing = _("{establishment}: log of {day}"), _("Nothing happened that day.")
        title = title.format(establishment=self.establishment, day=day)
        lines = [line.to_text(with_day=self.of_business_date) for line in self.lines] or [nothing]
        cut = [_("More happened than is shown here.")] if self.cut else []
        return "\n".join([title, "", *lines, *cut, ""])


def day_log(establishment: Establishment, day: date, *, with_pushes: bool = True) -> DayLog:
    """All that happened on a calendar day (Paris time) to the establishment's closings, oldest first.

    Without pushes, what was refused is left out: for people who may see none.
    """
    start = timezone.make_aware(datetime.combine(day, time()))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    happenings = of_establishment(establishment, start, end, limit=LINES_MAX + 1)
    versions = Parameters.objects.filter(establishment=establishment, received_at__gte=start, received_at__lt=end)
    read = [*versions.select_related("till", "establishment").order_by("version")[: VERSIONS_MAX + 1]]
    refused = _list_refused(establishment, start, end) if with_pushes else ()
    of_tills = (*refused, *_parameters(read[:VERSIONS_MAX]))
    lines = sorted([*_of_closings(happenings), *of_tills], key=lambda line: line.at)
    cut = len(lines) > LINES_MAX or len(read) > VERSIONS_MAX
    return DayLog(establishment=establishment, day=day, lines=lines[:LINES_MAX], cut=cut)


def business_date_log(establishment: Establishment, day: date) -> DayLog:
    """All that happened to the closings of a business date, whenever it did, oldest first. Refused pushes have none."""
    own = StoredClosing.objects.filter(establishment=establishment, business_date=day).order_by("closed_at", "pk")
    ids = [*own.values_list("pk", flat=True)[: LINES_MAX + 1]]
    happenings = of_closings(ids[:LINES_MAX], limit=LINES_MAX + 1)
    cut = len(happenings) > LINES_MAX or len(ids) > LINES_MAX
    lines = [*_of_closings(happenings[:LINES_MAX])]
    return DayLog(establishment=establishment, day=day, lines=lines, cut=cut, of_business_date=True)


def _of_closings(happenings: list[Happening]) -> Iterator[LogLine]:
    ids = {happening.closing_id for happening in happenings}
    closings = StoredClosing.objects.filter(pk__in=ids).select_related("till").defer("document").in_bulk()
    for it in happenings:
        closing = closings[it.closing_id]
        yield LogLine(
            at=it.at,
            about=f"{closing} · {closing_words(ClosingKind(closing.kind))}",
            what=it.what,
            state=it.state,
            till=closing.till.name,
            why=it.why,
            actor=it.actor,
            reference=it.reference,
            correlation_id=it.correlation_id,
            closing_id=closing.pk,
            closing=LoggedClosing(id=closing.pk, kind=ClosingKind(closing.kind), number=closing.number),
        )


def _list_refused(establishment: Establishment, start: datetime, end: datetime) -> Iterator[LogLine]:
    rows = Push.objects.filter(
        till__establishment=establishment, received_at__gte=start, received_at__lt=end, answer_status__gte=400
    )
    rows = rows.select_related("till", "closing__stored").defer("body", "closing__stored__document")
    pushes = [*rows.order_by("received_at")[: LINES_MAX + 1]]
    for push, told in refused_in(pushes):
        said = _(TITLES[push.answer_code]) if push.answer_code in TITLES else push.answer_code
        yield LogLine(
            at=push.received_at,
            about=_name_closing(push, told),
            what=_("refused ({status})").format(status=push.answer_status),
            state="refused",
            till=push.till.name,
            why=" ".join([said, *_name_faults(told.faults)]),
            push=LoggedPush(
                kind=told.kind,
                scope=told.scope,
                number=told.number,
                status=push.answer_status or 0,
                code=push.answer_code,
                errors=[*told.faults],
            ),
        )


def _name_closing(push: Push, told: Refused) -> str:
    number = call_number(told.number) if told.number is not None else ""
    kind = closing_words(told.kind) if told.kind else str(PushKind(push.kind).label)
    return " · ".join(part for part in (number, kind, told.scope) if part)


def _name_faults(faults: Sequence[Fault]) -> Iterator[str]:
    """The first faults, each with its place."""
    for fault in faults[:FAULTS_SAID_MAX]:
        yield f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message
    if len(faults) > FAULTS_SAID_MAX:
        yield _("And {count} more.").format(count=len(faults) - FAULTS_SAID_MAX)


def _parameters(versions: Sequence[Parameters]) -> Iterator[LogLine]:
    """Parameters that replaced another till's, or without which a slot is left that closings used."""
    for row in versions:
        if problems := version_of(row).problems:
            yield LogLine(
                at=row.received_at,
                about=str(PushKind.PARAMETERS.label),
                what=_("version {version} in force").format(version=row.version),
                state=OF_PARAMETERS,
                till=row.till.name,
                why=" ".join(sentence(problem.to_document()) for problem in problems),
            )

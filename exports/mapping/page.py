"""The mapping screen: read the settings, try others, see what they would make of a closing, then save them."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from booking.copying import proposed_from
from booking.effective import effective_settings
from booking.fields import own_value
from booking.history import Change, Changed, history_of
from booking.mapping import ChangedMeanwhile, Overrides, stamp_of
from booking.means_settings import MEANS_ACCOUNT
from booking.setting import Source
from booking.setting_labels import SOURCES
from booking.versions import Version, WayBack, version_of, way_back
from exact.company.catalogue import Catalogue
from exact.company.catalogue_search import PICKED, FoundItem, lists_of, search
from exact.models import CatalogueKind
from exact.settings.comparison import Verdict, compared
from exact.settings.trades import TRADES, proposed_by
from exports.console.overtaken_shown import left_behind
from exports.mapping.desk import ALONG, Desk
from exports.mapping.draft import Draft, changes, typed
from exports.mapping.impact import Impact, impact
from exports.mapping.preview import preview
from exports.mapping.proposals import proposed_accounts
from exports.mapping.saving import ask_exact_about_third_parties, change_settings
from exports.mapping.sheet import Sheet
from exports.reposts.overtaken import look
from ledger import texts
from tenants.acting import person_behind
from tenants.models import Establishment, User
from tenants.scope import visible_to

LIST_MAX = 300
SISTERS_MAX = 200
QUESTIONS_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """An earlier version that is filled into the form: what it would set back, and which values cannot be set now."""

    version: Version
    back: WayBack


@dataclass
class Work:
    """One request on one establishment: the person, the settings in force, and the values in the form."""

    request: HttpRequest
    user: User
    desk: Desk
    values: dict[str, str] = field(default_factory=dict)
    matches: dict[str, list[FoundItem]] = field(default_factory=dict)
    confirming: Impact | None = None
    restoring: Restoring | None = None

    @property
    def may_change(self) -> bool:
        """Whether the person may save settings; an accountant may only read them."""
        return self.user.has_perm("booking.change_mapping")

    @property
    def form(self) -> ReadOnly[str, str]:
        """The fields of the form that was sent, or on GET those that the address names."""
        return self.request.POST if self.request.method == "POST" else self.request.GET


def mapping_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Show the settings; with POST try, propose or save others. Only `do=save` writes anything."""
    work = _work(request, establishment_id)
    if request.method != "POST":
        return _show(work)
    if not work.may_change:
        raise PermissionDenied
    if request.POST.get("shown") != stamp_of(work.desk.mapping):
        return _answer_changed_meanwhile(work)
    work.values = typed(request.POST, work.desk)
    if "restore" in request.POST:
        _restore(work, request.POST["restore"])
    elif "fix" in request.POST:
        _take_fix(work, request.POST["fix"])
    elif "find" in request.POST:
        _find(work, request.POST["find"])
    elif "trade" in request.POST and request.POST.get("do") == "trade":
        _propose_trade(work, request.POST["trade"])
    elif request.POST.get("do") == "copy":
        _propose_copy(work, request.POST.get("copy_from", ""))
    elif request.POST.get("do") == "save":
        return _save(work)
    elif "answer" in request.POST:
        return _save_answer(work, request.POST["answer"])
    return _show(work)


@require_POST
def preview_fragment(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """What the form would change, break and book, as a fragment of the page. Writes nothing."""
    work = _work(request, establishment_id)
    work.values = typed(request.POST, work.desk)
    draft = Draft.of(work.desk, work.values)
    catalogue = work.desk.catalogue(work.desk.mapping, draft.mapping)
    context = {
        **_outlook(work, draft, catalogue),
        "verdicts": _sheet(work, draft, catalogue, {}).cells(),
        "may_change": work.may_change,
    }
    return TemplateResponse(request, "exports/mapping/preview.html", context)


@require_GET
def search_catalogue(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Items of the establishment's company, by the beginning of a code or words of a name (`kind`, `q`)."""
    work = _work(request, establishment_id)
    kind = request.GET.get("kind", "")
    if kind not in PICKED or work.desk.division is None:
        return JsonResponse({"items": []})
    found = search(work.desk.division, CatalogueKind(kind), request.GET.get("q", "").strip())
    return JsonResponse({"items": [{"code": it.code, "name": it.name} for it in found]})


def _work(request: HttpRequest, establishment_id: int) -> Work:
    user = request.user
    if not isinstance(user, User) or not user.has_perm("booking.view_mapping"):
        raise PermissionDenied
    establishment = get_object_or_404(
        visible_to(user, Establishment.objects.select_related(*ALONG)), pk=establishment_id
    )
    return Work(request=request, user=user, desk=Desk.of(establishment))


def _answer_changed_meanwhile(work: Work) -> HttpResponse:
    words = _("The settings were changed after this page was shown. Here they are as they stand now: set yours again.")
    messages.warning(work.request, words)
    return redirect("console_mapping", establishment_id=work.desk.establishment.pk)


def _take_fix(work: Work, fix: str) -> None:
    name, _equals, value = fix.partition("=")
    work.values |= typed({f"set:{name}": value}, work.desk)


def _restore(work: Work, name: str) -> None:
    """Fill an earlier version into the form, over what was typed. The person saves it like any other change, or not."""
    number = texts.whole(name)
    version = None if number is None else version_of(work.desk.mapping, number)
    if version is None:
        raise Http404
    work.restoring = Restoring(version=version, back=way_back(work.desk.mapping, version))
    work.values = {**work.restoring.back.values}


def _find(work: Work, name: str) -> None:
    """For browsers without scripts: search for the text typed in one field, and offer the items found in its place."""
    settings = {it.field: it for it in effective_settings(Draft.of(work.desk, work.values).mapping, work.desk.seen)}
    setting = settings.get(name)
    if setting is not None and setting.code is not None and work.desk.division is not None:
        text = work.request.POST.get(f"set:{name}", "").strip()
        work.matches[name] = search(work.desk.division, CatalogueKind(setting.code), text)
        own = own_value(Overrides.model_validate(work.desk.mapping.overrides), name, work.desk.mapping.parameters)
        work.values[name] = own


def _propose_trade(work: Work, name: str) -> None:
    trade = TRADES.get(name)
    if trade is None:
        raise Http404
    desk = work.desk
    _propose(work, proposed_by(trade, desk.mapping, desk.division, desk.catalogue(desk.mapping)))


def _propose_copy(work: Work, sister_id: str) -> None:
    sisters = _sisters(work).filter(pk=texts.whole(sister_id))
    sister = get_object_or_404(sisters.select_related("mapping"))
    _propose(work, proposed_from(sister.mapping, work.desk.mapping))


def _propose(work: Work, proposed: ReadOnly[str, str]) -> None:
    """Put into the form what differs from what is in force."""
    in_force = {it.field: it.value for it in effective_settings(work.desk.mapping, work.desk.seen)}
    work.values |= {name: value for name, value in proposed.items() if in_force.get(name) != value}


def _sisters(work: Work) -> Any:
    """The other establishments of the same customer that have settings, as far as the person sees them."""
    rows = visible_to(work.user, Establishment.objects.filter(tenant=work.desk.establishment.tenant_id))
    return rows.exclude(pk=work.desk.establishment.pk).exclude(mapping=None).order_by("code")


def _save(work: Work) -> HttpResponse:
    """Save, unless that would hold closings that go now or is doubtful: then say so, and save once it is confirmed."""
    desk, draft = work.desk, Draft.of(work.desk, work.values)
    if not ask_exact_about_third_parties(desk, draft.mapping):
        messages.warning(work.request, _("Exact does not answer: a new third party could not be looked up there."))
    found = impact(desk, draft.mapping, desk.catalogue(desk.mapping, draft.mapping))
    if found.asks and work.request.POST.get("confirm") != found.digest:
        work.confirming = found
        return _show(work)
    try:
        changed = change_settings(
            desk, draft.overrides, actor=person_behind(work.request), shown=work.request.POST["shown"]
        )
    except ChangedMeanwhile:
        return _answer_changed_meanwhile(work)
    if changed:
        look(desk.establishment.pk)
        messages.success(work.request, _say_saved(found.released))
    else:
        messages.info(work.request, _("Nothing was changed."))
    return redirect("console_mapping", establishment_id=desk.establishment.pk)


def _save_answer(work: Work, name: str) -> HttpResponse:
    """Save from a question's own button. Without an account in its field nothing is saved, and the page says so."""
    if work.values.get(name):
        return _save(work)
    words = _("Nothing was saved: the account for {means} is missing. Type it in the question, or choose one.")
    asked = (it.label or it.code for it in work.desk.questions if MEANS_ACCOUNT.field_of(it.code) == name)
    messages.error(work.request, words.format(means=next(asked, name)))
    return _show(work)


def _say_saved(released: int) -> str:
    if not released:
        return _("Saved.")
    words = ngettext(
        "Saved. {count} closing that was held for it goes by itself now.",
        "Saved. {count} closings that were held for it go by themselves now.",
        released,
    )
    return words.format(count=released)


def _show(work: Work) -> HttpResponse:
    desk = work.desk
    draft = Draft.of(desk, work.values)
    catalogue = desk.catalogue(desk.mapping, draft.mapping)
    lists = lists_of(desk.division, catalogue, longest=LIST_MAX) if desk.division and catalogue else {}
    sheet = _sheet(work, draft, catalogue, lists)
    questions = _questions(desk, sheet)
    context = {
        **admin.site.each_context(work.request),
        "title": _("Mapping"),
        "subtitle": str(desk.establishment),
        "establishment": desk.establishment,
        "division": desk.division,
        "exports_now": desk.exports_now,
        "has_parameters": bool(desk.mapping.parameters),
        "shown": stamp_of(desk.mapping),
        "may_change": work.may_change,
        "sections": sheet.sections(),
        "questions": questions,
        "asked_above": {it["cell"].name for it in questions} if work.may_change else (),
        "lists": [(kind.value, items) for kind, items in lists.items()],
        "searched": [kind.value for kind in PICKED if desk.division and kind not in lists],
        "trades": [(key, trade.name) for key, trade in TRADES.items()],
        "sisters": _sisters(work)[:SISTERS_MAX] if work.may_change else [],
        "history": [*_name_history(desk, catalogue)] if desk.mapping.pk else [],
        "confirming": work.confirming,
        "restoring": work.restoring,
        "gone_from_exact": _list_gone(work, sheet) if work.restoring else [],
        "unshown": [(name, value) for name, value in work.values.items() if name not in sheet.settings],
        "goes_back_to_nothing": bool(desk.mapping.overrides),
        "left_behind": left_behind(desk.establishment),
        **_outlook(work, draft, catalogue),
    }
    return TemplateResponse(work.request, "exports/mapping/page.html", context)


def _name_history(desk: Desk, catalogue: Catalogue | None) -> Iterator[Change]:
    """The history, each code in it with the name it has in Exact, where that is known."""

    def named(it: Changed, code: str, whose: Source | None) -> str:
        item = catalogue.get(CatalogueKind(it.code), code) if catalogue and it.code is not None and code else None
        told = f"{code} {item.name}" if item else code
        return f"{told} ({SOURCES[whose]})" if whose else told

    for change in history_of(desk.mapping):
        settings = [
            replace(it, before=named(it, it.before, it.before_of), after=named(it, it.after, it.after_of))
            for it in change.settings
        ]
        yield replace(change, settings=settings)


def _sheet(
    work: Work, draft: Draft, catalogue: Catalogue | None, lists: ReadOnly[CatalogueKind, list[FoundItem]]
) -> Sheet:
    """The draft as the screen lays it out, with what Exact says of each value."""
    desk = work.desk
    before = Overrides.model_validate(desk.mapping.overrides)
    settings = compared(draft.mapping, desk.division, catalogue, desk.seen)
    stored = {it.in_force.field: own_value(before, it.in_force.field, desk.mapping.parameters) for it in settings}
    return Sheet(settings, stored=stored, lists=lists, matches=work.matches)


def _list_gone(work: Work, sheet: Sheet) -> list[str]:
    """What an earlier version would set that Exact no longer has: "VAT 2 (10 %): sales account: 707010"."""
    named = (cell for cell in sheet.cells() if cell.name in work.values and cell.verdict == Verdict.UNKNOWN)
    return [f"{cell.label}\N{NO-BREAK SPACE}: {cell.value}" for cell in named]


def _questions(desk: Desk, sheet: Sheet) -> list[dict[str, Any]]:
    """Each open question with its answer's cell, how many closings wait for it, and accounts that are named like it."""
    return [
        {
            "asked": asked,
            "cell": sheet.question(asked),
            "waiting": desk.waiting_for[asked.code],
            "answers": proposed_accounts(desk, asked) if place < QUESTIONS_MAX else [],
        }
        for place, asked in enumerate(desk.questions)
    ]


def _outlook(work: Work, draft: Draft, catalogue: Catalogue | None) -> dict[str, Any]:
    """What would change, what would break, and the entries of the chosen closing. 404 for another's closing."""
    desk = work.desk
    closing = desk.closing(_uuid(work.form.get("closing", "")))
    if closing is None and work.form.get("closing"):
        raise Http404
    listed = [*desk.recent, *([closing] if closing and closing not in desk.recent else [])]
    return {
        "changes": changes(desk, draft),
        "impact": work.confirming or impact(desk, draft.mapping, catalogue),
        "closing": closing,
        "closings": listed,
        "preview": preview(closing, draft.mapping, desk.mapping, desk.division, catalogue) if closing else None,
    }


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None

"""Asking for exports on a page: what each would do, where there is nothing to export, and starting all together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from on_demand.ask import ask_for_export, ask_together
from on_demand.asked_days import PRESETS, months_until
from on_demand.bridge_words import BridgeRow, bridge_rows
from on_demand.forms import AskForm
from on_demand.log_in import Awaited, awaited_before
from on_demand.models import ExportPart, ExportSet, OnDemandExport, OnDemandFormat
from on_demand.place_words import place_of
from on_demand.preview import Preview, list_shops, preview
from on_demand.why_nothing import Nothing, why_nothing
from tenants.acting import person_behind
from tenants.customer_lock import CustomerGone
from tenants.models import User
from tenants.scope import visible_to

# For more customers than this the preview only counts the closings, and books none of them.
PREVIEWED_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One export that is not stored: what it would do, or why there is nothing."""

    export: OnDemandExport
    place: str
    nothing: Nothing | None
    preview: Preview | None
    bridge: Sequence[BridgeRow]
    awaited: Sequence[Awaited]


def asked_page(user: User, form: AskForm, *, shown: bool) -> dict[str, Any]:
    """What the page shows beside the form: with `shown` the previews of what is asked."""
    exports = form.exports() if shown else []
    wanted = [_look_at(user, export, with_preview=len(exports) <= PREVIEWED_MAX) for export in exports]
    possible = [it for it in wanted if it.nothing is None]
    return {
        "presets": PRESETS.items(),
        "months": months_until(timezone.localdate()),
        "wanted": wanted,
        "nothing": [it for it in wanted if it.nothing is not None],
        "possible": possible,
        "blocked": bool(possible) and all(it.preview is not None and it.preview.blocked for it in possible),
        "as_last_time": _find_last_time(user),
    }


def _look_at(user: User, export: OnDemandExport, *, with_preview: bool) -> Wanted:
    nothing = why_nothing(export)
    found = preview(export) if nothing is None and with_preview else None
    return Wanted(
        export=export,
        place=place_of(export),
        nothing=nothing,
        preview=found,
        bridge=[*bridge_rows(found.bridge)] if found else [],
        awaited=awaited_before(list_shops(export), user) if found and export.to_exact else (),
    )


def start_exports(request: HttpRequest, exports: Sequence[OnDemandExport]) -> str:
    """Start the exports that have something to export. Returns the page that shows them; "" when none has.

    Raises `Http404` when a customer was handed over to another reseller meanwhile, as for any that is not one's own.
    """
    try:
        return _start_exports(request, exports)
    except CustomerGone as gone:
        raise Http404 from gone


def _start_exports(request: HttpRequest, exports: Sequence[OnDemandExport]) -> str:
    asked = [(export, why_nothing(export)) for export in exports]
    possible = [export for export, nothing in asked if nothing is None]
    language, by = getattr(request, "LANGUAGE_CODE", "fr"), person_behind(request)
    assert by is not None, "somebody who is logged in"
    if not possible:
        return ""
    if len(asked) > 1:
        nothing = [export.tenant for export, why in asked if why is not None]
        together = ask_together(possible, nothing=nothing, email=possible[0].email, language=language, by=by)
        return reverse("admin:on_demand_exportset", args=[together.pk])
    (export,) = possible
    started = ask_for_export(
        export.tenant,
        establishment=export.establishment,
        shops=export.some_shops,
        first=export.first_date,
        last=export.last_date,
        format=OnDemandFormat(export.format),
        email=export.email,
        again=export.again,
        language=language,
        by=by,
    )
    return reverse("admin:on_demand_ondemandexport_change", args=[started.pk])


def _find_last_time(user: User) -> str:
    """The address that asks for what this person asked for last, of the last finished month; "" when never."""
    last = OnDemandExport.objects.filter(asked_by=user).order_by("-asked_at").only("id", "format", "email").first()
    if last is None:
        return ""
    together = ExportSet.objects.filter(parts__export=last).first()
    alike = OnDemandExport.objects.filter(part__together=together) if together else None
    exports = OnDemandExport.objects.filter(pk=last.pk) if alike is None else alike
    places = _list_places(visible_to(user, exports.select_related("tenant", "establishment")))
    # Customers that had nothing that time are asked for again, as a whole: their establishments were not stored.
    without = visible_to(user, ExportPart.objects.filter(together=together, export=None)) if together else ()
    places += [f"t{it.tenant_id}" for it in without]
    email = together.email if together else last.email
    asked = [*(("where", it) for it in places), ("format", last.format), ("email", email)]
    return "?" + urlencode([*asked, ("preset", "last_month"), ("show", "1")])


def _list_places(exports: Collection[OnDemandExport]) -> list[str]:
    """The values of the form's establishments that these exports are of."""
    places: list[str] = []
    for export in exports:
        if export.establishment_id is not None:
            places.append(f"e{export.establishment_id}")
        else:
            places += [f"e{it.pk}" for it in export.some_shops] or [f"t{export.tenant_id}"]
    return places

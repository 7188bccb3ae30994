"""What people did lately to the closings of a shop: one line for each, or for all that was done together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import ngettext

from exports.console import links
from exports.console.repost_page import run_address
from exports.models import RepostItem, RepostRun, StoredClosing
from exports.words.history import Happening, of_people
from integration.console.places.seen_shop import SeenShop
from tenants.scope import visible_to

OF_EACH = 8
LATELY = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that happened lately; `address` leads to it where it has a page."""

    at: datetime
    what: str
    detail: str = ""
    who: str = ""
    address: str = ""


def what_people_did(seen: SeenShop) -> Iterator[Happened]:
    """Closings set aside, booked as they are, released, taken out …; sent again together; numbers never made."""
    if not seen.user.has_perm("exports.view_storedclosing"):
        return
    since = timezone.now() - LATELY
    runs = _read_runs(seen, since)
    yield from (_show_run(seen, run, items) for run, items in runs.items())
    alone = [it for it in of_people(seen.shop, since, limit=OF_EACH) if not _is_of_a_run(it, runs)]
    named = StoredClosing.objects.defer("document").in_bulk({it.closing_id for it in alone})
    for it in alone:
        yield Happened(
            at=it.at,
            what=f"{named[it.closing_id]} · {it.what}",
            detail=it.why,
            who=it.actor,
            address=links.closing(it.closing_id),
        )


def _read_runs(seen: SeenShop, since: datetime) -> dict[RepostRun, list[RepostItem]]:
    """The latest runs with closings of the shop, each with its items of the shop."""
    own = RepostItem.objects.filter(tenant=seen.shop.tenant_id, closing__establishment=seen.shop)
    rows = visible_to(seen.user, own.filter(run__started_at__gte=since)).select_related("run__actor")
    found: dict[RepostRun, list[RepostItem]] = {}
    for it in rows.order_by("-run__started_at", "pk"):
        if it.run in found or len(found) < OF_EACH:
            found.setdefault(it.run, []).append(it)
    return found


def _is_of_a_run(done: Happening, runs: dict[RepostRun, list[RepostItem]]) -> bool:
    """Whether it is told with the run that did it, in whose person's words it is."""
    return any(
        done.actor == str(run.actor) and run.why in done.why and any(it.closing_id == done.closing_id for it in items)
        for run, items in runs.items()
    )


def _show_run(seen: SeenShop, run: RepostRun, items: list[RepostItem]) -> Happened:
    words = ngettext("{count} closing: {what}", "{count} closings: {what}", len(items))
    return Happened(
        at=run.started_at,
        what=words.format(count=len(items), what=run.get_way_display()),
        detail=run.why,
        who=str(run.actor),
        address=run_address(run) if seen.user.has_perm("exports.repost_storedclosing") else "",
    )

"""The console's page of errors by cause."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clyo_ingest.models import Push, PushKind
from exports.console.causes import READ_MAX, causes_of
from exports.console.ways_out import BOOK_AS_IT_IS, LEAVE_UNBOOKED, WAVED_THROUGH
from exports.models import StoredClosing
from tenants.models import MovedTill, User
from tenants.scope import visible_to

REFUSED_SINCE, REFUSED_MAX = timedelta(days=30), 10


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.has_perm("exports.check_storedclosing"):
        raise PermissionDenied
    return request.user


def refused_pushes(user: User) -> list[Push]:
    """The newest closings that were refused and that nobody took: they are in no list of closings."""
    since = timezone.now() - REFUSED_SINCE
    # Of another company's days by now: the till sends them again once it is paired with its new code.
    not_paired = Exists(MovedTill.objects.filter(former=OuterRef("till"), till__paired_at=None))
    kept = Q(answer_status__in=(409, 422)) | Q(not_paired, answer_status=403, answer_code="taken_over")
    refused = Push.objects.filter(kept, kind=PushKind.CLOSING, made=None, received_at__gte=since).select_related(
        "till__establishment", "closing__stored"
    )
    return [*visible_to(user, refused).defer("body").order_by("-received_at", "-pk")[:REFUSED_MAX]]


def causes_page(request: HttpRequest) -> HttpResponse:
    """What waits for a person, grouped by what can be mended once for all of it."""
    user = _reader(request)
    causes = causes_of(visible_to(user, StoredClosing.objects.all()))
    context = {
        **admin.site.each_context(request),
        "title": _("Errors by cause"),
        "causes": causes,
        "mended_by_reader": {cause.key for cause in causes if cause.may_be_mended_by(user)},
        "read_max": READ_MAX,
        "full": len({pk for cause in causes for pk in cause.closing_ids}) >= READ_MAX,
        "may_repost": user.has_perm("exports.repost_storedclosing"),
        "may_set_aside": user.has_perm(LEAVE_UNBOOKED.permission),
        "may_book_as_it_is": user.has_perm(BOOK_AS_IT_IS.permission),
        "waved_through": WAVED_THROUGH,
        "refused": refused_pushes(user) if user.has_perm("clyo_ingest.view_push") else [],
    }
    return TemplateResponse(request, "console/causes.html", context)

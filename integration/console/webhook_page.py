"""One's own webhook: where letters go besides mail, its key shown once, a test, and what became of each attempt."""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from concerns.letters.to_webhook import TEST
from concerns.models import Webhook, WebhookAttempt
from concerns.webhooks.address import BadAddress, read_address
from concerns.webhooks.sign import new_key
from exact.nudge import nudge
from tenants.acting import person_behind
from tenants.models import User

SHOWN_MAX = 30
# After a change of key the former one signs too, so that a receiver can be changed at leisure.
BOTH_KEYS_FOR = timedelta(days=1)
TESTS_AN_HOUR = 20


@never_cache
def webhook_page(request: HttpRequest) -> HttpResponse:
    """The webhook of the person at the keyboard; on POST `do` says what to do with it.

    `shown` says which key the page knew: an old page, or one that is loaded again, changes nothing.
    """
    person = person_behind(request)
    if person is None:
        raise PermissionDenied
    webhook = Webhook.objects.filter(person=person).first()
    if request.method != "POST":
        return _show(request, webhook)
    if request.POST.get("shown", "") != _stamp(webhook):
        return _refuse_old_page(request)
    if request.POST.get("do") == "save":
        return _save(request, person, webhook)
    if webhook is None:
        return redirect("console_webhook")
    return _act(request, webhook)


def _refuse_old_page(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This page was no longer current. Nothing was changed."))
    return redirect("console_webhook")


def _show(
    request: HttpRequest,
    webhook: Webhook | None,
    *,
    key: str = "",
    trouble: str = "",
    removing: bool = False,
    status: int = 200,
) -> HttpResponse:
    attempts = WebhookAttempt.objects.filter(webhook=webhook).order_by("-at", "-pk")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Webhook"),
        "webhook": webhook,
        "shown": _stamp(webhook),
        "key": key,
        "trouble": trouble,
        "removing": removing,
        "typed": request.POST.get("address", "") if trouble else "",
        "attempts": attempts[:SHOWN_MAX],
    }
    return TemplateResponse(request, "console/webhook.html", context, status=status)


def _stamp(webhook: Webhook | None) -> str:
    return hashlib.sha256(webhook.key.encode()).hexdigest()[:16] if webhook else ""


def _save(request: HttpRequest, person: User, webhook: Webhook | None) -> HttpResponse:
    """Keep address and choice. The key of a new one is shown with this answer and never again."""
    typed, morning = request.POST.get("address", "").strip(), request.POST.get("morning") == "1"
    if webhook is not None and not typed:
        Webhook.objects.filter(pk=webhook.pk).update(morning=morning)
        messages.success(request, _("Kept."))
        return redirect("console_webhook")
    try:
        target = read_address(typed)
    except BadAddress as error:
        return _show(request, webhook, trouble=str(error.why), status=422)
    if webhook is not None:
        webhook.address, webhook.shown_as, webhook.morning = typed, target.shown_as, morning
        webhook.off_at, webhook.off_by_itself, webhook.failing_since = None, False, None
        webhook.save(update_fields=["address", "shown_as", "morning", "off_at", "off_by_itself", "failing_since"])
        messages.success(request, _("Kept."))
        return redirect("console_webhook")
    asked = {"address": typed, "shown_as": target.shown_as, "morning": morning, "key": new_key()}
    made, is_new = Webhook.objects.get_or_create(person=person, defaults=asked)
    if not is_new:  # another press was faster, and has its key shown
        return _refuse_old_page(request)
    return _show(request, made, key=made.key)


def _act(request: HttpRequest, webhook: Webhook) -> HttpResponse:
    own = Webhook.objects.filter(pk=webhook.pk)
    match request.POST.get("do"):
        case "key":
            return _change_key(request, webhook)
        case "test":
            _ask_for_test(request, webhook)
        case "off":
            own.filter(off_at=None).update(off_at=Now(), off_by_itself=False)
            messages.success(request, _("Switched off."))
        case "on":
            own.update(off_at=None, off_by_itself=False, failing_since=None)
            messages.success(request, _("Switched on."))
        case "remove" if request.POST.get("confirm") != "yes":
            return _show(request, webhook, removing=True)
        case "remove":
            own.delete()
            messages.success(request, _("Removed, with its key and its attempts."))
    return redirect("console_webhook")


def _change_key(request: HttpRequest, webhook: Webhook) -> HttpResponse:
    with transaction.atomic():
        locked = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
        if locked.key != webhook.key:
            return redirect("console_webhook")
        locked.former_key, locked.former_until = locked.key, timezone.now() + BOTH_KEYS_FOR
        locked.key = new_key()
        locked.save(update_fields=["key", "former_key", "former_until"])
    return _show(request, locked, key=locked.key)


def _ask_for_test(request: HttpRequest, webhook: Webhook) -> None:
    """Have a worker send a test, not more than some an hour: it goes to whatever address was typed."""
    hour_ago = timezone.now() - timedelta(hours=1)
    if webhook.attempts.filter(letter=None, at__gt=hour_ago).count() >= TESTS_AN_HOUR:
        messages.warning(request, _("That were many tests within an hour. Try again later."))
        return
    Webhook.objects.filter(pk=webhook.pk).update(test_asked_at=Now())
    transaction.on_commit(lambda: nudge(TEST, webhook.pk), robust=True)
    messages.success(request, _("The test is on its way. Load this page again in a moment: its outcome stands below."))

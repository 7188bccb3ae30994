"""How the console looks and what its menu holds (unfold's settings)."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

# Every page writes the menu: each of its addresses is put together once, when the first page asks for it.
_address = lazy(functools.cache(reverse), str)


def _stylesheet(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(f"console/{name}.css")


def _script(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(f"console/{name}.js")


def _icon(request: HttpRequest) -> str:
    return static("exact/icon.svg")


def _ask_permission(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: bool(getattr(request.user, "has_perm", lambda _permission: False)(permission))


def _entry(title: Any, icon: str, address: str, permission: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": _address(address), "permission": _ask_permission(permission)}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Clyo → Exact",
    "SITE_HEADER": "Clyo → Exact",
    "SITE_SYMBOL": "sync_alt",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "STYLES": [
        _stylesheet("frame"),
        _stylesheet("lists"),
        _stylesheet("console"),
        _stylesheet("places"),
        _stylesheet("search"),
        _stylesheet("print"),
    ],
    "SCRIPTS": [_script("frame"), _script("search"), _script("chosen")],
    "DASHBOARD_CALLBACK": "integration.console.home.home",
    "ACCOUNT": {"navigation": [{"title": _("My account"), "link": _address("console_account")}]},
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "title": _("Every day"),
                "items": [
                    _entry(_("Last night"), "bedtime", "admin:index", "exports.view_storedclosing")
                    | {"badge": "integration.console.menu_count.to_mend_count"},
                    _entry(
                        _("Closings"),
                        "receipt_long",
                        "admin:exports_storedclosing_changelist",
                        "exports.view_storedclosing",
                    ),
                    _entry(_("Errors by cause"), "report", "console_causes", "exports.check_storedclosing"),
                    _entry(_("Differences"), "difference", "admin:exact_finding_changelist", "exact.view_finding")
                    | {"badge": "exports.console.findings_page.menu_count"},
                    _entry(_("Check"), "balance", "console_check", "exports.check_storedclosing"),
                    _entry(
                        _("Export to accounting"),
                        "file_export",
                        "admin:on_demand_ondemandexport_new",
                        "on_demand.add_ondemandexport",
                    ),
                    _entry(_("Day's log"), "history", "console_log", "exports.check_storedclosing"),
                ],
            },
            {
                "title": _("Customers"),
                "separator": True,
                "items": [
                    _entry(_("All establishments"), "grid_view", "console_shops", "tenants.view_establishment"),
                    _entry(_("Set-up"), "checklist", "console_set_up", "booking.view_mapping"),
                    _entry(_("Customers"), "store", "admin:tenants_tenant_changelist", "booking.view_mapping"),
                    _entry(
                        _("Establishments"),
                        "storefront",
                        "admin:tenants_establishment_changelist",
                        "booking.view_mapping",
                    ),
                    _entry(_("Tills"), "point_of_sale", "admin:tenants_till_changelist", "booking.view_mapping"),
                    _entry(_("Pushes"), "input", "admin:clyo_ingest_push_changelist", "clyo_ingest.view_push"),
                ],
            },
            {
                "title": _("Exact Online"),
                "separator": True,
                "items": [
                    _entry(_("Mappings"), "rule", "admin:booking_mapping_changelist", "booking.view_mapping"),
                    _entry(_("Activations"), "toggle_on", "admin:exact_activation_changelist", "exact.view_connection"),
                    _entry(_("Connections"), "link", "admin:exact_connection_changelist", "exact.view_connection"),
                    _entry(_("Lanes"), "conveyor_belt", "admin:exact_lane_changelist", "exact.view_lane"),
                ],
            },
            {
                "title": _("People"),
                "separator": True,
                "items": [
                    _entry(_("Users"), "group", "admin:tenants_user_changelist", "tenants.view_user"),
                    _entry(_("Accesses"), "badge", "admin:tenants_membership_changelist", "tenants.view_membership"),
                    _entry(
                        _("Visits by support"),
                        "visibility",
                        "admin:tenants_lookthrough_changelist",
                        "tenants.view_lookthrough",
                    ),
                    _entry(_("Changes"), "manage_history", "admin:tenants_change_changelist", "tenants.view_change"),
                    _entry(_("Resellers"), "handshake", "admin:tenants_reseller_changelist", "tenants.view_reseller"),
                    _entry(
                        _("Archives and erasures"), "inventory_2", "console_retention", "retention.view_retentionact"
                    ),
                    _entry(_("App registrations"), "key", "admin:exact_exactapp_changelist", "exact.view_exactapp"),
                ],
            },
            {
                "title": _("Help"),
                "separator": True,
                "items": [
                    {"title": _("Handbook"), "icon": "menu_book", "link": _address("console_help")},
                    {"title": _("What each state means"), "icon": "info", "link": _address("console_help_states")},
                ],
            },
        ],
    },
}

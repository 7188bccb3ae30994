"""Where everything is: the till API, the console, the health check."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from clyo_ingest.api import NothingHere
from exports.start.link_page import start_page
from integration.console.help.api_page import guide_page, reference_page
from integration.health import PROBES, health
from integration.language import switch_language
from on_demand.link import signed_file

urlpatterns = [
    path("developers/", reference_page, name="till_api"),
    path("developers/guide/", guide_page, name="till_api_guide"),
    path("api/v1/", include("clyo_ingest.urls")),
    re_path(r"^api/", NothingHere.as_view()),
    path("health/", health),
    *(path(address.removeprefix("/"), view) for address, view in PROBES.items()),
    path("i18n/setlang/", switch_language, name="set_language"),
    path("exports/file/<str:token>", signed_file, name="export-file"),
    path("activation/<int:link_id>/start", start_page, name="activation_start"),
    path("activation/", include("exact.activation.urls")),
    path("answer/", include("concerns.answers.urls")),
    path("console/hijack/", include("hijack.urls")),
    path("console/", include("integration.console.urls")),
    path("console/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
]
handler400 = "integration.error_pages.bad_request"
handler403 = "integration.error_pages.denied"
handler404 = "integration.error_pages.not_found"
handler500 = "integration.error_pages.server_error"

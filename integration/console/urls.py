"""Addresses of the console's own pages, below /console/."""

from django.contrib import admin
from django.urls import path

from exports.repost_page import repost_page, run_page
from integration.console import views

urlpatterns = [
    path("causes/", admin.site.admin_view(views.causes_page), name="console_causes"),
    path("log/", admin.site.admin_view(views.log_page), name="console_log"),
    path("repost/", admin.site.admin_view(repost_page), name="console_repost"),
    path("repost/<uuid:run_id>/", admin.site.admin_view(run_page), name="console_repost_run"),
]

"""Addresses of the activation pages, below /activation/."""

from django.urls import path

from exact.activation import pages

app_name = "activation"
urlpatterns = [
    path("callback", pages.callback, name="callback"),
    path("<int:link_id>/", pages.page, name="page"),
    path("<int:link_id>/progress", pages.progress, name="progress"),
    path("<int:link_id>/do", pages.act, name="act"),
    path("<int:link_id>/again", pages.again_in_browser, name="again"),
    path("<str:secret>/again", pages.again, name="again_by_address"),
    path("<str:secret>", pages.start, name="start"),
]

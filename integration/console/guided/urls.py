"""Addresses of the guided tasks, below /console/."""

from django.contrib import admin
from django.urls import path

from integration.console.guided import replace_till

look = admin.site.admin_view

urlpatterns = [
    path("till/<int:till_id>/replace/", look(replace_till.replace_page), name="console_replace_till"),
    path("till/<int:till_id>/take-up/", look(replace_till.take_up_page), name="console_take_up_till"),
]

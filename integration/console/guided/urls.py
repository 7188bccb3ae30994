"""Addresses of the guided tasks, below /console/."""

from django.contrib import admin
from django.urls import path

from integration.console.guided import move_shop, replace_till

look = admin.site.admin_view

urlpatterns = [
    path("shop/<int:establishment_id>/move/", look(move_shop.move_page), name="console_move_shop"),
    path("shop/<int:establishment_id>/move/back/", look(move_shop.move_back_page), name="console_move_shop_back"),
    path("till/<int:till_id>/replace/", look(replace_till.replace_page), name="console_replace_till"),
    path("till/<int:till_id>/take-up/", look(replace_till.take_up_page), name="console_take_up_till"),
]

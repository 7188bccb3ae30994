"""Addresses of the guided tasks, below /console/."""

from django.contrib import admin
from django.urls import path

from integration.console.guided import hand_over, move_shop, offered, replace_till, unused_till

look = admin.site.admin_view

urlpatterns = [
    path("customer/<int:tenant_id>/hand-over/", look(hand_over.hand_over_page), name="console_hand_over"),
    path("offered/<int:offer_id>/", look(offered.offered_page), name="console_offered"),
    path("shop/<int:establishment_id>/move/", look(move_shop.move_page), name="console_move_shop"),
    path("shop/<int:establishment_id>/move/back/", look(move_shop.move_back_page), name="console_move_shop_back"),
    path("till/<int:till_id>/replace/", look(replace_till.replace_page), name="console_replace_till"),
    path("till/<int:till_id>/take-up/", look(replace_till.take_up_page), name="console_take_up_till"),
    path("till/<int:till_id>/unused/", look(unused_till.unused_till_page), name="console_unused_till"),
]

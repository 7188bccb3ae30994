"""Addresses of the pages of places, below /console/."""

from django.contrib import admin
from django.urls import path

from integration.console.places import notes, own, suspend
from integration.console.places.closed_day_page import closed_day_page
from integration.console.places.closed_page import closed_page
from integration.console.places.customer_page import customer_page
from integration.console.places.day_page import log_page
from integration.console.places.shop_page import shop_page
from integration.console.places.shops_page import shops_page

look = admin.site.admin_view

urlpatterns = [
    path("log/", look(log_page), name="console_log"),
    path("shops/", look(shops_page), name="console_shops"),
    path("shop/<int:establishment_id>/", look(shop_page), name="console_shop"),
    path("shop/<int:establishment_id>/note/", look(notes.note_on_shop), name="console_note_on_shop"),
    path("shop/<int:establishment_id>/suspend/", look(suspend.suspend_shop), name="console_suspend_shop"),
    path("shop/<int:establishment_id>/closed/", look(closed_page), name="console_closed"),
    path("shop/<int:establishment_id>/closed/day/", look(closed_day_page), name="console_closed_day"),
    path("shop/<int:establishment_id>/relink/", look(own.relink), name="console_relink"),
    path("till/<int:till_id>/suspend/", look(suspend.suspend_till), name="console_suspend_till"),
    path("customer/<int:tenant_id>/", look(customer_page), name="console_customer"),
    path("customer/<int:tenant_id>/note/", look(notes.note_on_customer), name="console_note_on_customer"),
    path("customer/<int:tenant_id>/suspend/", look(suspend.suspend_customer), name="console_suspend_customer"),
    path("reseller/<int:reseller_id>/suspend/", look(suspend.suspend_reseller), name="console_suspend_reseller"),
]

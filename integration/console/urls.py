"""Addresses of the console's own pages, below /console/.

A further page is a row here; the walk over every address as every kind of person asks what its parameters name.
"""

from django.contrib import admin
from django.urls import include, path

from exact.web.page import entry_pages
from exports.console.assignment_page import hand_closing, leave_closing, take_closing
from exports.console.closing_notes import note_on_closing
from exports.console.correction_page import correction_page
from exports.console.correction_run_page import correction_run_page
from exports.console.level_page import level_page
from exports.console.repost_page import repost_page, run_page
from exports.console.start_page import start_page
from exports.console.way_page import way_page
from exports.mapping.fec_page import fec_page
from exports.mapping.page import mapping_page, preview_fragment, search_catalogue
from integration.console import accounts, saved_filters, second_factor, views
from integration.console.account_page import account_page
from integration.console.choices import choices
from integration.console.chosen_page import choose_customer, find_customer
from integration.console.factor_reset_page import factor_reset_page
from integration.console.help import pages as help_pages
from integration.console.invitations import invitation_page
from integration.console.retention_page import retention_page
from integration.console.search.page import search_page
from integration.console.set_up import pages as set_up
from integration.console.set_up.import_page import import_page
from integration.console.webhook_page import webhook_page
from on_demand.check.page import check_page

urlpatterns = [
    path("second-factor/", second_factor.check_page, name="console_second_factor"),
    path("second-factor/new/", second_factor.set_up_page, name="console_second_factor_new"),
    path("second-factor/codes/", second_factor.codes_page, name="console_recovery_codes"),
    path("password/", accounts.ForgottenPassword.as_view(), name="admin_password_reset"),
    path("password/sent/", accounts.MailSent.as_view(), name="password_reset_done"),
    path("password/<uidb64>/<token>/", accounts.ChoosePassword.as_view(), name="password_reset_confirm"),
    path("password/done/", accounts.PasswordChosen.as_view(), name="password_reset_complete"),
    path("autocomplete/", admin.site.admin_view(choices)),  # found before Django's own, and named by it
    path("choose/", admin.site.admin_view(choose_customer), name="console_choose"),
    path("choose/customers/", admin.site.admin_view(find_customer), name="console_find_customer"),
    path("people/invite/", admin.site.admin_view(invitation_page), name="console_invite"),
    path("people/<int:user_id>/factor/", admin.site.admin_view(factor_reset_page), name="console_factor_reset"),
    path("account/", admin.site.admin_view(account_page), name="console_account"),
    path("account/webhook/", admin.site.admin_view(webhook_page), name="console_webhook"),
    path("", include("integration.console.places.urls")),
    path("", include("integration.console.guided.urls")),
    path("help/", admin.site.admin_view(help_pages.help_page), name="console_help"),
    path("help/states/", admin.site.admin_view(help_pages.states_page), name="console_help_states"),
    path("help/<slug:name>/", admin.site.admin_view(help_pages.book_page), name="console_help_book"),
    path("causes/", admin.site.admin_view(views.causes_page), name="console_causes"),
    path("mapping/<int:establishment_id>/", admin.site.admin_view(mapping_page), name="console_mapping"),
    path(
        "mapping/<int:establishment_id>/preview/",
        admin.site.admin_view(preview_fragment),
        name="console_mapping_preview",
    ),
    path(
        "mapping/<int:establishment_id>/search/",
        admin.site.admin_view(search_catalogue),
        name="console_mapping_search",
    ),
    path("mapping/<int:establishment_id>/fec/", admin.site.admin_view(fec_page), name="console_mapping_fec"),
    path("filters/keep/", admin.site.admin_view(saved_filters.keep), name="console_filter_keep"),
    path("filters/rename/", admin.site.admin_view(saved_filters.rename), name="console_filter_rename"),
    path("filters/remove/", admin.site.admin_view(saved_filters.remove), name="console_filter_remove"),
    path("leaving/", admin.site.admin_view(retention_page), name="console_retention"),
    path("search/", admin.site.admin_view(search_page), name="console_search"),
    path("set-up/", admin.site.admin_view(set_up.list_page), name="console_set_up"),
    path("set-up/import/", admin.site.admin_view(import_page), name="console_import"),
    path("set-up/new/", admin.site.admin_view(set_up.customer_page), name="console_set_up_new"),
    path("set-up/<int:tenant_id>/", admin.site.admin_view(set_up.checklist_page), name="console_set_up_customer"),
    path(
        "set-up/<int:tenant_id>/establishment/",
        admin.site.admin_view(set_up.establishment_page),
        name="console_set_up_establishment",
    ),
    path(
        "set-up/at/<int:establishment_id>/tills/", admin.site.admin_view(set_up.tills_page), name="console_set_up_tills"
    ),
    path(
        "set-up/at/<int:establishment_id>/codes/", admin.site.admin_view(set_up.codes_page), name="console_set_up_codes"
    ),
    path("set-up/at/<int:establishment_id>/link/", admin.site.admin_view(set_up.link_page), name="console_set_up_link"),
    path("set-up/link/<int:link_id>/revoke/", admin.site.admin_view(set_up.revoke_page), name="console_revoke_link"),
    path("shop/<int:establishment_id>/start/", admin.site.admin_view(start_page), name="console_start"),
    path("closing/<uuid:closing_id>/take/", admin.site.admin_view(take_closing), name="console_take_closing"),
    path("closing/<uuid:closing_id>/hand/", admin.site.admin_view(hand_closing), name="console_hand_closing"),
    path("closing/<uuid:closing_id>/leave/", admin.site.admin_view(leave_closing), name="console_leave_closing"),
    path("closing/<uuid:closing_id>/note/", admin.site.admin_view(note_on_closing), name="console_note_on_closing"),
    path("which-closings/<int:establishment_id>/", admin.site.admin_view(level_page), name="console_level"),
    path("way/<slug:way>/", admin.site.admin_view(way_page), name="console_way"),
    path("correction/<int:establishment_id>/", admin.site.admin_view(correction_page), name="console_correction"),
    path("correction/run/<uuid:run_id>/", admin.site.admin_view(correction_run_page), name="console_correction_run"),
    path("check/", admin.site.admin_view(check_page), name="console_check"),
    path("entry-pages/<int:app_id>/", admin.site.admin_view(entry_pages), name="console_entry_pages"),
    path("repost/", admin.site.admin_view(repost_page), name="console_repost"),
    path("repost/<uuid:run_id>/", admin.site.admin_view(run_page), name="console_repost_run"),
]

"""Console pages of Exact Online: connections, activations, mappings, lanes."""

from django.contrib import admin

from exact.models import Activation, Connection, ExactApp, Lane, Mapping
from tenants.console import ReadOnlyAdmin, ScopedAdmin


@admin.register(ExactApp)
class ExactAppAdmin(ScopedAdmin):
    list_display = ["country", "base_url", "minute_limit", "day_limit"]


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = ["tenant", "user_name", "state", "access_issued_at", "problem"]
    fields = ["tenant", "app", "state", "user_name", "user_language", "access_issued_at", "problem", "created_at"]
    list_select_related = ["tenant"]


@admin.register(Activation)
class ActivationAdmin(ReadOnlyAdmin):
    list_display = ["establishment", "division", "active", "checked_at"]
    fields = ["establishment", "division", "active", "problems", "checked_at", "activated_at"]
    list_select_related = ["establishment", "division"]


@admin.register(Mapping)
class MappingAdmin(ReadOnlyAdmin):
    list_display = ["establishment", "tenant", "updated_at"]
    fields = ["establishment", "parameters", "overrides", "updated_at"]
    list_select_related = ["establishment", "tenant"]


@admin.register(Lane)
class LaneAdmin(ReadOnlyAdmin):
    list_display = ["division", "paused_until", "pause_code", "minute_calls", "day_calls"]
    fields = ["division", "holder", "leased_until", "paused_until", "pause_code", "pause_detail", "minute_calls"]
    list_select_related = ["division"]

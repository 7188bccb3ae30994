"""Console pages of customers and people."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenants.console import ScopedAdmin
from tenants.models import Reseller, Tenant, User


@admin.register(Reseller)
class ResellerAdmin(ScopedAdmin):
    list_display = ["name", "suspended_at"]
    search_fields = ["name"]


@admin.register(User)
class UserAdmin(ScopedAdmin):
    list_display = ["email", "name", "role", "reseller", "suspended_at"]
    fields = ["email", "name", "role", "reseller", "suspended_at"]
    search_fields = ["email", "name"]


@admin.register(Tenant)
class TenantAdmin(ScopedAdmin):
    list_display = ["name", "siren", "reseller", "suspended_at"]
    search_fields = ["name", "siren"]
    fields = ["reseller", "name", "siren", "suspended_at"]

    def get_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        """A reseller's customers are its own: it does not choose."""
        names = ["reseller", "name", "siren", "suspended_at"]
        return names if getattr(request.user, "is_support", False) else names[1:]

    def save_model(self, request: HttpRequest, obj: Tenant, form: object, change: bool) -> None:
        if not change and isinstance(request.user, User) and request.user.reseller_id:
            obj.reseller_id = request.user.reseller_id
        super().save_model(request, obj, form, change)


admin.site.unregister(Group)  # roles decide, see tenants.users
admin.site.site_header = "Clyo → Exact"
admin.site.index_title = _("Overview")

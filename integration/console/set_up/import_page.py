"""Many customers at once, from a file: choose it, see what each row would do, then keep all of it or nothing."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from tenants.customer_file import BYTES_MAX, HEADINGS, CustomerRows, FileRow, import_rows, read_file, template
from tenants.models import Reseller, User
from tenants.scope import visible_to
from tenants.table_file import FILES
from tenants.unreadable import Unreadable

# The rows that a person looked at are in the page's form, signed, so that exactly the shown rows are imported.
SALT = "console.import"
LOOKED_AT_MAX_S = 3600


class FileForm(forms.Form):
    """A file, and for support whose customers it lists."""

    reseller = forms.ModelChoiceField(
        queryset=Reseller.objects.none(), label=_("Reseller"), widget=UnfoldAdminSelectWidget()
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, one till a row."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = CustomerRows(rows=[], not_read=[])
        resellers = visible_to(user, Reseller.objects.all())
        self.fields["reseller"].queryset = resellers  # type: ignore[attr-defined]
        if user.reseller_id:
            self.fields["reseller"].required = False
            self.fields["reseller"].widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_MAX:
            raise forms.ValidationError(_("The file is too large: at most 1 MB."))
        try:
            self.found = read_file(file.read())
        except Unreadable as why:
            raise forms.ValidationError(str(why)) from None
        return file


def import_page(request: HttpRequest) -> HttpResponse:
    """Choose a file; on POST see what it does, and with `looked_at` keep it. `?template=csv|xlsx` gives an example."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("tenants.add_tenant"):
        raise PermissionDenied
    if (kind := request.GET.get("template", "")) in FILES:
        answer = HttpResponse(template(kind), content_type=FILES[kind][0])
        answer["Content-Disposition"] = f'attachment; filename="clients.{kind}"'
        return answer
    if "looked_at" in request.POST:
        return _keep(request, user)
    form = FileForm(user, request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _page(request, {"form": form, "columns": [names[0] for names in HEADINGS.values()]})
    reseller = user.reseller or form.cleaned_data["reseller"]
    outcome = import_rows(form.found.rows, reseller, keep=False)
    looked_at = signing.dumps([user.pk, reseller.pk, form.found.rows], salt=SALT, compress=True)
    shown = {"outcome": outcome, "reseller": reseller, "looked_at": looked_at, "not_read": form.found.not_read}
    return _page(request, shown)


def _keep(request: HttpRequest, user: User) -> HttpResponse:
    """Store what was looked at, for the same person and a reseller it still sees."""
    try:
        who, reseller_id, rows = signing.loads(request.POST["looked_at"], salt=SALT, max_age=LOOKED_AT_MAX_S)
    except signing.BadSignature:
        messages.error(request, _now("This preview is over. Choose the file again."))
        return redirect("console_import")
    reseller = visible_to(user, Reseller.objects.filter(pk=reseller_id)).first()
    if who != user.pk or reseller is None:
        raise PermissionDenied
    outcome = import_rows([FileRow(*row) for row in rows], reseller, keep=True)
    if not outcome.kept:
        return _page(request, {"outcome": outcome, "reseller": reseller})
    messages.success(request, _now("{count} rows were imported.").format(count=outcome.changes))
    return redirect("console_set_up")


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": _now("Import customers and tills"), **context}
    return TemplateResponse(request, "console/set_up/import.html", context)

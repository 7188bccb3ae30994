"""A mapping from the accountant's last FEC: choose the file, tick what is right, go on in the mapping screen.

The file is read and forgotten. What was ticked is filled into the mapping's form; only that form saves anything.
"""

import zipfile
import zlib
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget

from booking.effective import effective_settings
from booking.mapping import stamp_of
from booking.setting_labels import label
from exact.settings.from_fec import Proposal, proposed_from_fec
from exports.console.closing_page import rate as rate_in_words
from exports.mapping.desk import ALONG, Desk
from exports.words.money import euros
from ledger.files.foreign_fec import BooksTold, NotReadable, read_foreign_fec, turnover
from tenants.models import Establishment, User
from tenants.scope import visible_to

UNPACKED_MAX = 60_000_000
# A password is a RuntimeError, an unknown compression a NotImplementedError.
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)
NOT_READABLE = {
    "fec_empty": _("The file has no entry. Choose another one."),
    "fec_columns": _("This is no FEC: these columns are missing in its first line: {column}."),
    "fec_cell": _("Row {row}, column {column}: “{found}” cannot be read. Ask the accountant for the FEC again."),
    "fec_too_long": _("The file has more than {row} rows. Ask for one fiscal year only."),
}


class FecForm(forms.Form):
    """The file, as it is or in a ZIP with nothing else; `told` is what it says, once it is valid."""

    told: BooksTold
    file = forms.FileField(
        label=_("FEC of the last fiscal year"),
        help_text=_("The .txt file of the accounting package; above 3 MB compress it into a .zip."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".txt,.csv,.zip"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.told = read_foreign_fec(_unpack(file.read()))
        except NotReadable as why:
            raise forms.ValidationError(str(NOT_READABLE[why.code]).format_map(why.facts)) from None
        return file


def fec_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Ask for a FEC; on POST show what it proposes. Writes nothing. 403 for who may not change the mapping."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("booking.change_mapping"):
        raise PermissionDenied
    rows = visible_to(user, Establishment.objects.select_related(*ALONG))
    desk = Desk.of(get_object_or_404(rows, pk=establishment_id))
    form = FecForm(request.POST or None, request.FILES or None)
    found = _read(desk, form.told) if request.method == "POST" and form.is_valid() else {}
    context = {
        **admin.site.each_context(request),
        "title": _now("Mapping from a FEC"),
        "subtitle": str(desk.establishment),
        "establishment": desk.establishment,
        "form": form,
        **found,
    }
    return TemplateResponse(request, "exports/mapping/fec.html", context)


def _read(desk: Desk, told: BooksTold) -> dict[str, Any]:
    settings = effective_settings(desk.mapping, desk.seen)
    found = proposed_from_fec(told, settings, desk.catalogue(desk.mapping))
    return {
        "told": told,
        "sales": euros(turnover(told)),
        "shown": stamp_of(desk.mapping),
        "proposals": [(it, _label(it), _say_why(it)) for it in found.proposals],
        "confirmed": found.confirmed,
        "unknown": found.unknown,
        "division": desk.division,
        "has_parameters": bool(desk.mapping.parameters),
    }


def _label(proposal: Proposal) -> str:
    it = proposal.setting
    return label(it.group, it.setting, it.subject)


def _say_why(proposal: Proposal) -> list[str]:
    """What speaks for a proposal, in few words."""
    if proposal.used is None:
        words = ngettext("{count} entry of sales", "{count} entries of sales", proposal.entries)
        return [words.format(count=proposal.entries)]
    lines = ngettext("{count} line, {amount}", "{count} lines, {amount}", proposal.used.lines)
    said = [lines.format(count=proposal.used.lines, amount=euros(proposal.used.moved))]
    if proposal.rate is not None:
        measured = proposal.used.rates[proposal.rate]
        told = ngettext("{count} entry shows {rate}", "{count} entries show {rate}", measured)
        told = told if measured else _now("its name says {rate}")
        said.append(told.format(rate=rate_in_words(str(proposal.rate)), count=measured))
    if proposal.others:
        others = ", ".join(f"{it.number} {it.name}" for it in proposal.others)
        said.append(_now("it could also be {accounts}").format(accounts=others))
    return said


def _unpack(content: bytes) -> bytes:
    """The one file in a ZIP; what is none stays as it is. Raises `ValidationError`."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return content
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            found = _read_only_file(packed)
    except BROKEN:
        raise forms.ValidationError(_now("The ZIP cannot be opened: make it anew, without a password.")) from None
    if len(found) > UNPACKED_MAX:
        raise forms.ValidationError(_now("The file is too large: ask for one fiscal year only."))
    return found


def _read_only_file(packed: zipfile.ZipFile) -> bytes:
    files = [it for it in packed.infolist() if not it.is_dir()]
    if len(files) != 1:
        words = _now("The ZIP holds {count} files: put the FEC alone into it.")
        raise forms.ValidationError(words.format(count=len(files)))
    with packed.open(files[0]) as file:
        return file.read(UNPACKED_MAX + 1)

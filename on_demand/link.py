"""An export's file for somebody without a log-in: a signed address, good for seven days."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from on_demand.content import read_content
from on_demand.models import ExportSet, OnDemandExport
from on_demand.together import Together, zip_of
from postgres.viewer import CUSTOMER, EVERYTHING, Viewer, each_served, serving
from tenants.users import is_of_another_reseller

VALID_FOR = timedelta(days=7)
# The salt is older than the word: links of mails that were sent are signed with it.
SIGNER = TimestampSigner(salt="exports.run.file")
SET = "together-"


def signed_address(export: OnDemandExport) -> str:
    """The address that goes into an e-mail; whoever has it gets this one file."""
    return f"{settings.PUBLIC_URL}{reverse('export-file', args=[SIGNER.sign(str(export.pk))])}"


def signed_address_of_set(together: ExportSet) -> str:
    """The same for the files of a set, in one ZIP."""
    return f"{settings.PUBLIC_URL}{reverse('export-file', args=[SIGNER.sign(f'{SET}{together.pk}')])}"


@require_safe
def signed_file(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The file of a signed address: 404 for one that was not signed here, 410 with a sentence for one that is over."""
    try:
        named = SIGNER.unsign(token, max_age=VALID_FOR)
        export_id = UUID(named.removeprefix(SET))
    except SignatureExpired:
        return render(request, "on_demand/link_over.html", status=410)
    except (BadSignature, ValueError) as error:
        raise Http404 from error
    if named.startswith(SET):
        with serving(EVERYTHING):
            return zip_answer(Together(get_object_or_404(ExportSet, pk=export_id)))
    with serving(EVERYTHING):
        export = get_object_or_404(OnDemandExport.objects.select_related("tenant", "content"), pk=export_id)
        if is_of_another_reseller(export.email, export.tenant.reseller_id):  # the customer was handed over since
            return render(request, "on_demand/link_over.html", status=410)
    with serving(Viewer(role=CUSTOMER, reseller=export.tenant.reseller_id, tenant=export.tenant_id)):
        return file_answer(export)


def file_answer(export: OnDemandExport) -> StreamingHttpResponse:
    """An export's file as it was delivered, byte for byte. Raises `Http404` when there is none."""
    if export.content is None:
        raise Http404
    pieces = each_served(read_content(export.content))
    return StreamingHttpResponse(
        pieces,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{export.file_name}"',
            "Content-Length": str(export.content.size),
            "Cache-Control": "private, no-store",
        },
    )


def zip_answer(together: Together) -> FileResponse:
    """The files of a set, with their control sheets, as one ZIP. Raises `Http404` when there is none."""
    if not together.has_files:
        raise Http404
    headers = {"Cache-Control": "private, no-store"}
    return FileResponse(
        zip_of(together.exports),
        as_attachment=True,
        filename=together.zip_name,
        content_type="application/zip",
        headers=headers,
    )

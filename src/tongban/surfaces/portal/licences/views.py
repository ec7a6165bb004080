"""Pages of licences: the holder's own, and the check that anybody can make."""

from __future__ import annotations

from urllib.parse import quote, urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from tongban.contexts.licences import api as licences_api
from tongban.infra.authorisation import actor_of, applicant, public
from tongban.kernel.errors import Invalid, Text

MAX_FILE_BYTES = 20 * 1024 * 1024
_WHY_PUBLIC = "anyone who is shown a licence may check it; strangers see masked values only"


@applicant
@require_GET
def licences(request: HttpRequest) -> HttpResponse:
    """All licences of the person, or of the one for whom they may do everything."""
    held = licences_api.list_licences(actor_of(request).party)
    return render(request, "portal/licences/list.html", {"licences": held})


@applicant
@require_GET
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """One licence with its values and the address to show for a check."""
    found = licences_api.get_licence(licence_id, party=actor_of(request).party)
    labels = {field.name: field.label for field in licences_api.get_type(found.type_code).fields}
    values = [(labels[name], value) for name, value in found.values.items() if name in labels and value]
    reference = licences_api.reference_of(found.id)
    return render(request, "portal/licences/detail.html", {"licence": found, "values": values, "reference": reference})


@applicant
@require_GET
def licence_file(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """The signed PDF."""
    party = actor_of(request).party
    found = licences_api.get_licence(licence_id, party=party)
    body = licences_api.pdf(licence_id, party=party)
    name = quote(f"{found.type_name.zh}-{found.number}.pdf")
    return HttpResponse(
        body,
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}", "Cache-Control": "private, no-store"},
    )


@public(_WHY_PUBLIC)
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check a file, or the address read from a QR code."""
    if request.method == "GET":
        return render(request, "portal/licences/verify.html")
    upload = request.FILES.get("file")
    if upload is not None:
        if upload.size is None or upload.size > MAX_FILE_BYTES:
            raise Invalid(
                Text(zh="文件超过 20 MB", en="The file is larger than 20 MB"),
                remedy=Text(zh="请上传下载时的原文件", en="Upload the file as it was downloaded"),
            )
        return _answer(request, licences_api.verify_pdf(upload.read()), is_file=True)
    typed = request.POST.get("reference", "").strip()
    reference = urlsplit(typed).path.rstrip("/").rpartition("/")[2] if "/" in typed else typed
    if not reference:
        return render(request, "portal/licences/verify.html", {"is_empty": True}, status=422)
    return redirect("verify-reference", reference=reference)


@public(_WHY_PUBLIC)
@require_GET
def verify_reference(request: HttpRequest, reference: str) -> HttpResponse:
    """What the QR code of a licence leads to."""
    return _answer(request, licences_api.verify_reference(reference))


@public(_WHY_PUBLIC)
@require_GET
def verify_reference_json(_request: HttpRequest, reference: str) -> HttpResponse:
    """The same check for programs."""
    found = licences_api.verify_reference(reference)
    language = get_language() or "zh-hans"
    body: dict[str, object] = {"outcome": found.outcome, "is_valid": found.is_valid}
    if found.licence is not None:
        body |= {
            "type": found.licence.type_name.in_language(language),
            "identifier": found.licence.identifier,
            "issuer": found.licence.issuer_name.in_language(language),
            "issued_date": found.licence.issued_date.isoformat(),
            "valid_from": found.licence.valid_from.isoformat(),
            "valid_to": found.licence.valid_to.isoformat() if found.licence.valid_to else None,
            "shown": {field.label.in_language(language): field.value for field in found.fields},
        }
    return JsonResponse(body, status=200 if found.licence else 404, headers={"Cache-Control": "no-store"})


def _answer(request: HttpRequest, found: licences_api.Verification, *, is_file: bool = False) -> HttpResponse:
    status = 200 if found.licence else 404
    response = render(request, "portal/licences/verification.html", {"found": found, "is_file": is_file}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response

"""Tables as files that spreadsheets open: one line a row, and no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The file's text, heading included in ``rows``."""
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_response(rows: Iterable[Sequence[str]], *, name: str) -> HttpResponse:
    """The file as a download that nobody keeps a copy of on the way."""
    return HttpResponse(
        csv_text(rows).encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell

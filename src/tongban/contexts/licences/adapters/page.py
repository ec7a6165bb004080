"""The page of a licence that a person reads, set with reportlab."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tongban.kernel.errors import Text, Unavailable
from tongban.runtime.fonts import CJK_FONT

FONT = "TongbanCJK"
_INK, _MUTED, _BRAND, _LINE, _SEAL = map(HexColor, ("#15242c", "#5a6a73", "#0b5a75", "#bfdbe5", "#b02318"))
_MARGIN = 56.0
_QR_SIZE = 92.0


class FontMissing(Unavailable):
    """The embedded font was not built."""

    code = "licence-font-missing"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the page. ``rows``: one or two (label, value) pairs each."""

    title: str
    subtitle: str
    identifier: str
    rows: Sequence[Sequence[tuple[str, str]]]
    statement: str
    issuer: str
    issued_on: str
    seal: str
    qr_address: str
    is_landscape: bool
    metadata: Mapping[str, str]


def draw(sheet: Sheet) -> bytes:
    """The page as PDF bytes, font embedded. Raises: FontMissing."""
    _register_font()
    size = landscape(A4) if sheet.is_landscape else A4
    width, height = size
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, pageCompression=1, lang="zh-CN")
    canvas.setTitle(sheet.metadata["title"])
    canvas.setAuthor(sheet.metadata["author"])
    canvas.setSubject(sheet.metadata["subject"])
    canvas.setKeywords(sheet.metadata["keywords"])
    _frame(canvas, width, height)
    below = _heading(canvas, sheet, width, height)
    below = _rows(canvas, sheet.rows, width, below)
    _statement(canvas, sheet.statement, width, below)
    _issuer(canvas, sheet, width)
    _qr(canvas, sheet)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


@cache
def _register_font() -> None:
    if not CJK_FONT.exists():
        raise FontMissing(
            Text(zh="缺少证照字体，无法生成证照文件", en="The licence font is missing; no file can be made"),
            remedy=Text(zh="请管理员运行 make assets", en="Have the administrator run make assets"),
        )
    pdfmetrics.registerFont(TTFont(FONT, str(CJK_FONT)))


def _frame(canvas: Canvas, width: float, height: float) -> None:
    canvas.setStrokeColor(_BRAND)
    canvas.setLineWidth(2)
    canvas.rect(28, 28, width - 56, height - 56)
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.8)
    canvas.rect(34, 34, width - 68, height - 68)


def _heading(canvas: Canvas, sheet: Sheet, width: float, height: float) -> float:
    canvas.setFillColor(_INK)
    size = _fitting(sheet.title, width - 2 * _MARGIN, 30)
    canvas.setFont(FONT, size)
    canvas.drawCentredString(width / 2, height - 108, sheet.title)
    canvas.setFillColor(_MUTED)
    if sheet.subtitle:
        canvas.setFont(FONT, _fitting(sheet.subtitle, width - 2 * _MARGIN, 12))
        canvas.drawCentredString(width / 2, height - 132, sheet.subtitle)
    canvas.setFont(FONT, _fitting(sheet.identifier, width - 2 * _MARGIN, 8.5))
    canvas.drawCentredString(width / 2, height - 152, sheet.identifier)
    return height - 178


def _rows(canvas: Canvas, rows: Sequence[Sequence[tuple[str, str]]], width: float, top: float) -> float:
    full = width - 2 * _MARGIN
    for row in rows:
        column = full / len(row)
        heights = []
        for index, (label, value) in enumerate(row):
            left = _MARGIN + index * column
            canvas.setFont(FONT, 10)
            canvas.setFillColor(_MUTED)
            canvas.drawString(left, top - 14, label)
            canvas.setFillColor(_INK)
            heights.append(_wrapped(canvas, value or "—", left, top - 33, column - 12, 13))
        top -= 33 + max(heights)
        canvas.setStrokeColor(_LINE)
        canvas.setLineWidth(0.5)
        canvas.line(_MARGIN, top, width - _MARGIN, top)
    return top


def _statement(canvas: Canvas, statement: str, width: float, top: float) -> None:
    if statement:
        canvas.setFillColor(_INK)
        _wrapped(canvas, statement, _MARGIN, top - 30, width - 2 * _MARGIN, 12)


def _issuer(canvas: Canvas, sheet: Sheet, width: float) -> None:
    right = width - _MARGIN - 24
    canvas.setFillColor(_INK)
    canvas.setFont(FONT, 13)
    canvas.drawRightString(right, 112, sheet.issuer)
    canvas.setFont(FONT, 11)
    canvas.drawRightString(right, 90, sheet.issued_on)
    canvas.setStrokeColor(_SEAL)
    canvas.setFillColor(_SEAL)
    canvas.setLineWidth(1.6)
    box_width = max(stringWidth(sheet.seal, FONT, 11), 60.0) + 20
    canvas.roundRect(right - box_width, 126, box_width, 26, 4)
    canvas.setFont(FONT, 11)
    canvas.drawCentredString(right - box_width / 2, 135, sheet.seal)


def _qr(canvas: Canvas, sheet: Sheet) -> None:
    matrix = tuple(segno.make(sheet.qr_address, error="m", micro=False).matrix)
    cell = _QR_SIZE / len(matrix)
    canvas.setFillColor(_INK)
    for row, modules in enumerate(matrix):
        for column, is_dark in enumerate(modules):
            if is_dark:
                bottom = 70 + _QR_SIZE - (row + 1) * cell
                canvas.rect(_MARGIN + column * cell, bottom, cell, cell, stroke=0, fill=1)
    canvas.setFillColor(_MUTED)
    canvas.setFont(FONT, 8.5)
    canvas.drawString(_MARGIN, 54, "扫码验真 Scan to verify")


def _fitting(text: str, width: float, size: float) -> float:
    while size > 5 and stringWidth(text, FONT, size) > width:
        size -= 0.5
    return size


def _wrapped(canvas: Canvas, text: str, left: float, top: float, width: float, size: float) -> float:
    """Draw text broken anywhere a line is full, as Chinese is; returns the height used below the first line."""
    canvas.setFont(FONT, size)
    lines, line = [], ""
    for character in text:
        if stringWidth(line + character, FONT, size) > width and line:
            lines.append(line)
            line = ""
        line += character
    lines.append(line)
    for index, content in enumerate(lines):
        canvas.drawString(left, top - index * size * 1.5, content)
    return (len(lines) - 1) * size * 1.5 + 12

"""The little Markdown that guides are written in: headings, paragraphs, lists, bold. Everything else is text."""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"(#{1,4})\s+(.*)")
_ITEM = re.compile(r"(?:[-*]|(\d+)[.)、])\s+(.*)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def render(text: str) -> SafeString:
    """HTML of a guide, headings one level down and the title left out; every character of the source is escaped."""
    html: list[str] = []
    for block in _blocks(text):
        heading = _HEADING.match(block[0])
        if heading is not None:
            level = len(heading[1])
            if level > 1:
                html.append(f'<h{level + 1} class="h4 mt4 mb2">{_inline(heading[2])}</h{level + 1}>')
            block = block[1:]
        if block:
            html.append(_list(block) if _ITEM.match(block[0]) else f"<p>{_inline(_joined(block))}</p>")
    return mark_safe("".join(html))  # noqa: S308  # every part went through escape


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _list(lines: list[str]) -> str:
    first = _ITEM.match(lines[0])
    tag = "ol" if first is not None and first[1] else "ul"
    items: list[list[str]] = []
    for line in lines:
        item = _ITEM.match(line)
        if item is not None:
            items.append([item[2]])
        else:
            items[-1].append(line)
    return f'<{tag} class="guide-list">' + "".join(f"<li>{_inline(_joined(item))}</li>" for item in items) + f"</{tag}>"


def _joined(lines: list[str]) -> str:
    """Lines as one paragraph: Chinese closes up where a line ends, other scripts keep a blank."""
    text = lines[0]
    for line in lines[1:]:
        text += ("" if ord(text[-1]) > 0x2E80 else " ") + line
    return text


def _inline(text: str) -> str:
    return _BOLD.sub(r"<b>\1</b>", str(escape(text)))

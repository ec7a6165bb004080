"""Checks of written text: guides have what a resident looks for, and no text carries markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tongban.assembly.packs.documents import Path, TextDocument
from tongban.assembly.packs.pack import Pack, ServiceFolder
from tongban.assembly.packs.problems import Problem
from tongban.kernel.errors import Text

_MARKUP = re.compile(r"<[a-zA-Z!/?]|javascript:|data:text/html|\]\((?!https://)", re.IGNORECASE)
_SECTIONS = {
    "zh": ("谁能办", "要准备什么", "怎么办"),
    "en": ("Who can apply", "What to prepare", "How it goes"),
}


def check_guides(folder: ServiceFolder, languages: list[str]) -> Iterator[Problem]:
    """Each language's guide exists, has one title, the three sections that every guide has, and no markup."""
    for language in ("zh", "en") if "en" in languages else ("zh",):
        guide = folder.guides.get(language)
        name = f"{folder.folder}/guide.{language}.md"
        if guide is None:
            yield Problem(
                name,
                1,
                "",
                "missing-file",
                Text(zh="没有这个文件", en="this file is missing"),
                Text(
                    zh="加上办事指南，三节：谁能办、要准备什么、怎么办",
                    en="add the guide with three sections: Who can apply, What to prepare, How it goes",
                ),
            )
            continue
        yield from _guide(guide, language)


def _guide(guide: TextDocument, language: str) -> Iterator[Problem]:
    lines = guide.text.splitlines()
    titles = [number for number, line in enumerate(lines, start=1) if line.startswith("# ")]
    if titles[:1] != [1] or len(titles) != 1:
        yield guide.problem(
            titles[1] if len(titles) > 1 else 1,
            "",
            "guide-title",
            Text(zh="第一行应是标题，而且只有一个", en="the first line should be the title, and the only one"),
            Text(zh="第一行写“# 名称”，其余用“## ”", en='write "# Name" on line 1 and "## " for the rest'),
        )
    headings = {line[3:].strip(): number for number, line in enumerate(lines, start=1) if line.startswith("## ")}
    for wanted in _SECTIONS[language]:
        if wanted not in headings:
            yield guide.problem(
                len(lines) or 1,
                f"## {wanted}",
                "guide-section",
                Text(zh=f"缺“{wanted}”一节", en=f'the section "{wanted}" is missing'),
                Text(zh=f"加上“## {wanted}”", en=f'add "## {wanted}"'),
            )
    for heading, number in headings.items():
        following = next((line for line in lines[number:] if line.strip()), "")
        if not following or following.startswith("#"):
            yield guide.problem(
                number,
                f"## {heading}",
                "guide-section-empty",
                Text(zh=f"“{heading}”一节是空的", en=f'the section "{heading}" is empty'),
                Text(zh="写上内容", en="write something there"),
            )
    for number, line in enumerate(lines, start=1):
        if _MARKUP.search(line):
            yield guide.problem(number, "", "markup", _MARKUP_MESSAGE, _MARKUP_REMEDY)


def check_markup(pack: Pack) -> Iterator[Problem]:
    """No text of a service, licence type, organisation or notice carries HTML or a script address."""
    documents = [d for kind, d in pack.one.items() if kind != "grants"] + pack.many.get("licence-type", [])
    for folder in pack.services:
        documents += [d for d in (folder.service, folder.form, folder.tests) if d]
    for document in documents:
        for path, text in _strings(document.data, ()):
            if _MARKUP.search(text) and not _is_pattern(path) and document.file.rsplit("/", 1)[-1] != "tests.yaml":
                yield document.problem(path, "markup", _MARKUP_MESSAGE, _MARKUP_REMEDY)


_MARKUP_MESSAGE = Text(
    zh="文字里有 HTML 标记、脚本地址或不是 https 的链接",
    en="the text holds HTML, a script address or a link that is not https",
)
_MARKUP_REMEDY = Text(zh="只写文字；“<”改用“小于”", en='write plain text; say "less than" for "<"')


def _is_pattern(path: Path) -> bool:
    return bool(path) and path[-1] == "pattern"


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, (*path, position))

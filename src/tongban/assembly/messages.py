"""The English catalogue: what is marked for translation, what is translated, and the compiled file Django reads.

Sentences are written in Chinese in code and templates. English stands in ``locale/en/*.po``, one file an owner, merged
here into one compiled catalogue. ``python -m tongban.assembly.messages`` compiles, and names every gap.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

_SOURCE = Path(__file__).resolve().parents[1]
LOCALE = _SOURCE.parents[1] / "locale" / "en"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
_FUNCTIONS = ("gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "_", "N_")
_KEYWORDS: dict[str, None] = dict.fromkeys(_FUNCTIONS)

Sentence = str


def marked() -> set[Sentence]:
    """Every sentence that code and templates mark for translation."""
    found: set[Sentence] = set()
    for path in sorted(_SOURCE.rglob("*.py")):
        found |= _sentences(path.read_bytes())
    for path in sorted([*_SOURCE.rglob("templates/**/*.html"), *_SOURCE.rglob("templates/**/*.txt")]):
        found |= _sentences(templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode())
    return {sentence for sentence in found if _CHINESE.search(sentence)}


def catalogue() -> dict[Sentence, str]:
    """Chinese sentences and their English, from every owner's file."""
    merged: dict[Sentence, str] = {}
    for message in _merged():
        if not message.id:
            continue
        sentence = message.id if isinstance(message.id, str) else message.id[0]
        forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        merged[sentence] = forms[-1] if all(forms) else ""
    return merged


def gaps() -> list[Sentence]:
    """Marked sentences without English."""
    return gaps_between(wanted=marked(), known=catalogue())


def gaps_between(*, wanted: set[Sentence], known: dict[Sentence, str]) -> list[Sentence]:
    """Sentences wanted that are not known, or known without words."""
    return sorted(sentence for sentence in wanted if not known.get(sentence, "").strip())


def broken_placeholders(known: dict[Sentence, str]) -> list[Sentence]:
    """Sentences whose English misses or invents a placeholder."""
    return sorted(
        sentence
        for sentence, english in known.items()
        if english and set(_PLACEHOLDER.findall(sentence)) != set(_PLACEHOLDER.findall(english))
    )


def compile_catalogue() -> Path:
    """Write the compiled file that Django reads."""
    target = LOCALE / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, _merged())
    return target


def _merged() -> Catalog:
    merged = Catalog(locale="en", charset="utf-8")
    for path in sorted(LOCALE.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en", charset="utf-8"):
                if message.id:
                    merged.add(message.id, message.string, context=message.context)
    return merged


def _sentences(source: bytes) -> set[Sentence]:
    found: set[Sentence] = set()
    for _line, _function, messages, _comments in extract_python(io.BytesIO(source), _KEYWORDS, [], {}):
        first = messages if isinstance(messages, str) else messages[0]
        if first:
            found.add(str(first))
    return found


def main() -> int:
    """Compile, and name every sentence that lacks its English; the test suite is what fails for one."""
    compile_catalogue()
    missing = gaps()
    for sentence in missing:
        sys.stderr.write(f"no English for: {sentence}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

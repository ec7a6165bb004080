"""One spelling for what people write in many ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_HAN = r"㐀-䶿一-鿿豈-﫿𠀀-𲎯"
_RUN = re.compile(rf"[{_HAN}]+|[a-z]+(?:['’][a-z]+)*|[0-9]+")
_HAN_CHARACTER = re.compile(rf"[{_HAN}]")
MAX_QUERY = 200
"""Units: characters. Longer questions are cut: what matters is said early."""


def normalise(text: str) -> str:
    """Full width to half width, capitals to small letters, any control or blank to one blank."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in folded).split())


def runs(text: str) -> Iterator[str]:
    """Runs of one script in normalised text: Han characters, Latin letters, digits. Everything else separates."""
    for match in _RUN.finditer(text):
        yield match.group().replace("’", "").replace("'", "")


def is_han(run: str) -> bool:
    """Whether a run starts with a Han character."""
    return bool(run) and _HAN_CHARACTER.match(run) is not None


def compact(text: str) -> str:
    """Normalised text without blanks and punctuation: what remains when only the words count."""
    return "".join(runs(normalise(text)))

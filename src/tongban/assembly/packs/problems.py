"""What is wrong in a pack: file, line, element, and what to do, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a pack.

    ``code`` is a stable word for programs; ``element`` is the dotted path inside the file, empty for the whole file.
    Units: ``line`` counts from 1.
    """

    file: str
    line: int
    element: str
    code: str
    message: Text
    remedy: Text

    def render(self, language: str = "zh-Hans") -> str:
        """``file:line element — what is wrong — what to do``."""
        where = f"{self.file}:{self.line}" + (f" {self.element}" if self.element else "")
        return f"{where} — {self.message.in_language(language)} — {self.remedy.in_language(language)}"

    def as_json(self) -> dict[str, object]:
        """The problem for ``--json``."""
        return {
            "file": self.file,
            "line": self.line,
            "element": self.element,
            "code": self.code,
            "message": {"zh": self.message.zh, "en": self.message.en},
            "remedy": {"zh": self.remedy.zh, "en": self.remedy.en},
        }


def in_reading_order(problems: list[Problem]) -> list[Problem]:
    """Problems by file and line, each once."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line, p.element, p.code, p.message.en))

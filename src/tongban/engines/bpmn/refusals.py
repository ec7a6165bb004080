"""Why a process is refused: always an element, a reason and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.kernel.errors import Invalid, Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be run, with the place to look. `line` is the line in the file, where it is known."""

    element: str
    kind: str
    reason: Text
    remedy: Text
    line: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """The refusal as reports show it, in Chinese and English."""
        return {
            "element": self.element,
            "kind": self.kind,
            "line": self.line,
            "reason": self.reason.zh,
            "reason_en": self.reason.en,
            "remedy": self.remedy.zh,
            "remedy_en": self.remedy.en,
        }


class ProcessRefused(Invalid):
    """A process cannot be published; all its refusals are told at once."""

    code = "process-refused"

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        first = refusals[0]
        rest_zh = f"（共 {len(refusals)} 处）" if len(refusals) > 1 else ""
        rest_en = f" ({len(refusals)} problems in all)" if len(refusals) > 1 else ""
        super().__init__(
            Text(
                zh=f"流程不能发布：元素 {first.element}，{first.reason.zh}{rest_zh}",
                en=f"The process cannot be published: element {first.element}: {first.reason.en}{rest_en}",
            ),
            remedy=first.remedy,
            refused=[refusal.as_json() for refusal in refusals],
        )
        self.refusals = tuple(refusals)

"""``tongban pack check``: everything that is wrong in a pack, at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from tongban.assembly.packs.checks.catalogue import check_foundations
from tongban.assembly.packs.checks.examples import check_examples
from tongban.assembly.packs.checks.forms import check_form
from tongban.assembly.packs.checks.index import Index, build_index
from tongban.assembly.packs.checks.owners import check_with_owners
from tongban.assembly.packs.checks.processes import check_service_process, check_shared_processes
from tongban.assembly.packs.checks.services import check_service
from tongban.assembly.packs.checks.texts import check_guides, check_markup
from tongban.assembly.packs.pack import Pack, read_pack
from tongban.assembly.packs.problems import Problem, in_reading_order


@dataclass(frozen=True, slots=True)
class Report:
    """A checked pack: what it holds and what is wrong with it."""

    pack: Pack
    index: Index
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the pack may be loaded."""
        return not self.problems

    def counts(self) -> dict[str, int]:
        """How much the pack holds, by kind."""
        return {
            "organisations": len(self.index.organisations),
            "resources": len(self.index.resources),
            "licence_types": len(self.index.licence_types),
            "processes": len(self.index.processes),
            "services": len(self.index.services),
            "examples": sum(len(f.tests.data["examples"]) for f in self.pack.services if f.tests),
        }


def check_pack(root: FilePath) -> Report:
    """Read and check a pack. Nothing is changed anywhere; what is wrong is in the report, never raised."""
    pack, problems = read_pack(root)
    index, found = build_index(pack)
    problems += found
    problems += check_foundations(pack, index)
    problems += check_shared_processes(pack, index)
    problems += check_markup(pack)
    city = pack.one.get("pack")
    languages = city.data["languages"] if city else ["zh-Hans"]
    for folder in pack.services:
        problems += check_guides(folder, languages)
        problems += check_service(folder, index)
        if folder.form:
            problems += check_form(folder.form, index)
        problems += check_service_process(folder, index, languages)
        problems += check_examples(folder, index)
    problems = _without_echoes(problems + pack.files.problems)
    if not problems:
        # The contexts' own checks stop at their first finding, so they follow once the rest is right.
        problems += check_with_owners(pack)
    return Report(pack, index, tuple(in_reading_order(problems + pack.files.problems)))


_FOUNDATIONS = {
    "unknown-organisation": "organisations.yaml",
    "unknown-resource": "resources/",
    "unknown-licence-type": "licence_types/",
}
"""What is unknown, and the files that would have defined it."""


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    """Leave out references to what a file that cannot be read would have defined: one fault, told once."""
    spoilt = {
        code
        for code, place in _FOUNDATIONS.items()
        if any(p.file.startswith(place) and p.code not in _FOUNDATIONS and not _is_code_clash(p) for p in problems)
    }
    return [problem for problem in problems if problem.code not in spoilt]


def _is_code_clash(problem: Problem) -> bool:
    """Whether the file is readable all the same."""
    return problem.code.startswith(("duplicate-code", "code-of-", "check-character", "unknown-", "holder-", "markup"))

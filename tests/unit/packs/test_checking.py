"""A malformed pack is told everything that is wrong with it, in both languages.

The expected lists are in ``tests/golden/packs``; ``TONGBAN_UPDATE_GOLDEN=1`` writes them anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories.packs import FORM, LICENCE, PROCESS, SERVICE, TESTS, change, write_pack
from tongban.assembly.packs.check import check_pack

GOLDEN = Path(__file__).parents[2] / "golden" / "packs"
Mutation = Callable[[Path], object]
MUTATIONS: dict[str, Mutation] = {}


def malformed(mutation: Mutation) -> Mutation:
    """Register a way to spoil the pack, under the function's name."""
    MUTATIONS[mutation.__name__] = mutation
    return mutation


@malformed
def broken_yaml(pack: Path) -> None:
    change(pack, SERVICE, "name: 公共图书馆借书证办理", "name: 公共: 图书馆\n   借书证")


@malformed
def broken_json(pack: Path) -> None:
    change(pack, FORM, '"additionalProperties": false\n', '"additionalProperties": false,\n')


@malformed
def duplicate_keys(pack: Path) -> None:
    change(pack, SERVICE, "visits: 0", "visits: 0\nname: 借书证\nvisits: 1")
    change(pack, FORM, '"branch": {', '"reader": {"type": "string"},\n      "branch": {')


@malformed
def unknown_elements_and_wrong_types(pack: Path) -> None:
    change(pack, SERVICE, "visits: 0", "visits: 零\nvisists: 0")
    change(pack, SERVICE, 'code: "11990000YX0212238G3992119001000"', "code: 992119001000")
    change(pack, SERVICE, "item_type: 公共服务", "item_type: 便民")
    change(pack, SERVICE, 'effective_from: "2026-01-01"', 'effective_from: "2026-02-30"')
    change(pack, SERVICE, "copies: 0", "copies: -1")
    change(pack, SERVICE, "one_line_en: One card for every library of the city\n", "")


@malformed
def unknown_references(pack: Path) -> None:
    change(pack, SERVICE, "department: culture", "department: cultur")
    change(pack, SERVICE, "replaced_by: [{resource: police.household}]", "replaced_by: [{licence: id-card}]")
    change(pack, SERVICE, "when: {field: reader, in: [child]}", "when: {field: reader, in: [kid]}")
    change(pack, FORM, '"source": "police.household#id_number"', '"source": "police.households#id_number"')
    change(pack, FORM, '"source": "applicant#phone"', '"source": "applicant#fax"')
    change(pack, TESTS, "uploads: [id-card]", "uploads: [identity-card]")
    change(pack, TESTS, "departments: [culture]", "departments: [library]")


@malformed
def form_and_schema_disagree(pack: Path) -> None:
    change(pack, FORM, '"school": {"type": "string", "maxLength": 60},\n', "")
    change(
        pack, FORM, '"branch": {"type": "string",', '"seat": {"type": "string"},\n      "branch": {"type": "string",'
    )
    change(pack, FORM, '"enum": ["adult", "child"]', '"enum": ["adult", "child", "senior"]')
    change(pack, FORM, "^1[0-9]{10}$", "^1[0-9{10}$")


@malformed
def labels_in_one_language(pack: Path) -> None:
    change(pack, FORM, '"label": "手机号", "label_en": "Mobile number"', '"label": "手机号"')
    change(pack, PROCESS, ' tongban:name_en="Check the data"', "")
    (pack / "services/library-card/guide.en.md").unlink()


@malformed
def bad_process(pack: Path) -> None:
    change(pack, PROCESS, '<serviceTask id="issue"', '<businessRuleTask id="rules"/>\n    <serviceTask id="issue"')
    change(pack, PROCESS, 'tongban:department="culture" ', "")


@malformed
def process_beyond_the_form(pack: Path) -> None:
    change(pack, PROCESS, "branch,school", "branch,shoe_size")
    change(pack, PROCESS, 'tongban:department="culture"', 'tongban:department="library"')
    change(pack, PROCESS, 'tongban:licence="library-card"', 'tongban:licence="fishing-licence"')


@malformed
def process_is_not_xml(pack: Path) -> None:
    change(pack, PROCESS, "</process>", "</proces>")


@malformed
def hostile_process(pack: Path) -> None:
    entity = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<definitions'
    change(pack, PROCESS, "<definitions", entity)
    change(pack, PROCESS, 'name="核对信息"', 'name="&x;"')


@malformed
def hostile_texts(pack: Path) -> None:
    change(pack, SERVICE, "name: 公共图书馆借书证办理", "name: <script>alert(1)</script>")
    change(pack, SERVICE, "answer: 不用。", "answer: 点[这里](javascript:alert(1))")
    change(pack, "services/library-card/guide.zh.md", "当天办好", "<img src=x onerror=alert(1)> 当天办好")
    change(pack, "organisations.yaml", "name: 示例市公安局", "name: 示例市<b>公安局</b>")


@malformed
def codes_that_do_not_fit(pack: Path) -> None:
    change(pack, SERVICE, "3992119001000", "2992119001000")
    change(pack, SERVICE, 'basic_code: "992119001000"', 'basic_code: "992119001001"')
    change(pack, "organisations.yaml", "11990000YX001117XK", "11990000YX001117XA")
    change(pack, LICENCE, 'type_code: "11990000YX0212238G001"', 'type_code: "11990000YX001117XK001"')


@malformed
def duplicated_codes(pack: Path) -> None:
    change(pack, "organisations.yaml", "code: culture", "code: police")
    twin = pack / "services/twin"
    twin.mkdir()
    for file in (pack / "services/library-card").iterdir():
        (twin / file.name).write_bytes(file.read_bytes())


@malformed
def missing_and_stray_files(pack: Path) -> None:
    (pack / FORM).unlink()
    (pack / "services/library-card/guide.zh.md").rename(pack / "services/library-card/guide.md")
    (pack / "service_types").mkdir()
    (pack / "service_types/x.yaml").write_text("a: 1\n")


@malformed
def guides_without_sections(pack: Path) -> None:
    change(pack, "services/library-card/guide.zh.md", "## 要准备什么", "## 材料")
    change(pack, "services/library-card/guide.en.md", "# Library card", "Library card")
    change(pack, "services/library-card/guide.en.md", "- Anyone from 6 years on, adults and children.\n", "")


@malformed
def promises_and_licences(pack: Path) -> None:
    change(pack, SERVICE, "statutory_limit: {unit:", "statutory_limit: {days: 3, unit:")
    change(pack, SERVICE, "promised_limit: {days: 1,", "promised_limit: {days: 5,")
    change(pack, SERVICE, "holder_name: name, ", "holder_name: nickname, ")
    change(pack, FORM, '"required": ["reader", "branch", ', '"required": ["reader", ')
    change(pack, LICENCE, "rows: [[holder_name, branch]", "rows: [[holder_name, shelf]")


@malformed
def only_fair_weather_examples(pack: Path) -> None:
    file = pack / TESTS
    file.write_text(file.read_text().partition("\n\n  - name: 孩子")[0] + "\n")


@malformed
def foundation_that_cannot_be_read(pack: Path) -> None:
    # The services still name its departments and data; that is not a mistake of theirs.
    change(pack, "organisations.yaml", "organisations:", "organisations: [")
    change(pack, "resources/police.yaml", "provider: police", "provider: police\nprovider: police")


@malformed
def resource_that_the_platform_cannot_read(pack: Path) -> None:
    change(pack, "resources/police.yaml", "    condition: 经本人同意，用于办理本人申请的事项\n", "")
    change(pack, "resources/police.yaml", "columns: {name: xm,", "columns: {nmae: xm,")


@malformed
def path_that_leaves_the_pack(pack: Path) -> None:
    change(pack, SERVICE, "process: library-card", "process: ../../etc/passwd")
    (pack / "services/library-card/rules.dmn").symlink_to("/etc/passwd")


@malformed
def not_a_pack(pack: Path) -> None:
    (pack / "pack.yaml").unlink()


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_everything_wrong_is_told_at_once(tmp_path: Path, name: str) -> None:
    pack = write_pack(tmp_path)
    MUTATIONS[name](pack)
    problems = check_pack(pack).problems
    told = {"zh": [p.render("zh") for p in problems], "en": [p.render("en") for p in problems]}
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("TONGBAN_UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert problems
    assert told == json.loads(golden.read_text(encoding="utf-8"))


def test_no_golden_list_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(MUTATIONS)


def test_a_folder_that_does_not_exist_is_said_to_be_missing(tmp_path: Path) -> None:
    [problem] = check_pack(tmp_path / "nowhere").problems
    assert problem.code == "missing-file"

"""The whole catalogue in a real database: loaded once, unchanged twice, found, grouped, and its gaps told."""

import json
import re

import pytest

from tests.integration.services.conftest import SOURCE, city_files, shipped
from tongban.contexts.services import api as services
from tongban.infra import outbox
from tongban.kernel.errors import Invalid, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
COUNT = 2262


def test_every_shipped_item_is_present() -> None:
    codes = [json.loads(line)["code"] for line in shipped().splitlines()]
    assert len(codes) == COUNT
    assert all(services.find_service(code) for code in codes[::97])
    assert services.count_services()[0] == COUNT


def test_a_second_load_changes_nothing() -> None:
    report = services.load_facts(content=shipped(), pack="yunzhou", city=city_files())
    assert (report.read, report.unchanged, report.is_changed) == (COUNT, COUNT, False)


@pytest.mark.skipif(not SOURCE.exists(), reason="the source export does not ship with the project")
def test_importing_the_source_export_again_changes_nothing() -> None:
    content = SOURCE.read_bytes()
    report = services.import_services(content=content, filename=SOURCE.name, pack="yunzhou", city=city_files())
    assert (report.read, report.loaded, report.unchanged) == (COUNT, COUNT, COUNT)
    assert report.rejected == ()
    assert [warning.code for warning in report.warnings] == ["credit-code-check-failed"] * 6


@pytest.mark.skipif(not SOURCE.exists(), reason="the source export does not ship with the project")
def test_the_shipped_facts_are_those_of_the_source() -> None:
    derived, _ = services.derive_services(content=SOURCE.read_bytes(), filename=SOURCE.name, city=city_files())
    assert services.facts_as_lines(derived.facts) == shipped()


def test_at_most_five_in_a_hundred_remain_without_a_theme() -> None:
    counts = {theme.slug: theme.count for theme in services.list_themes()}
    assert sum(counts.values()) == COUNT
    assert counts.get("other", 0) <= COUNT * 0.05
    assert max(counts.values()) <= 150


def test_no_shipped_fact_names_another_citys_authority_or_telephone() -> None:
    for line in shipped().splitlines():
        facts = json.loads(line)
        placed = " ".join(str(facts.get(key, "")) for key in ("authority", "place", "jurisdiction"))
        assert not re.search("广东|广州|粤", placed)
        assert str(facts.get("enquiry_phone", "0600-")).startswith("0600-")
        assert "020-" not in json.dumps(facts)


def test_every_list_is_paged_to_its_end_without_repeats() -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = services.list_services(department="justice", cursor=cursor, limit=100)
        seen += [item.code for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 333


def test_an_item_that_names_no_material_has_a_ticket_and_no_invented_one() -> None:
    page = services.list_quality_tickets(pack="yunzhou", department="statistics", section="materials")
    assert page.items
    service = services.get_service(page.items[0].code)
    assert service.materials == ()
    assert "materials" in service.quality


def test_tickets_cover_every_item_without_materials() -> None:
    missing = [json.loads(line) for line in shipped().splitlines()]
    without = sum(1 for facts in missing if not facts.get("materials"))
    filed, cursor = 0, None
    while True:
        page = services.list_quality_tickets(pack="yunzhou", section="materials", cursor=cursor)
        filed += len(page.items)
        cursor = page.next
        if cursor is None:
            break
    assert filed == without >= 1446


def test_a_published_section_closes_its_ticket_and_makes_a_version() -> None:
    facts = next(f for f in map(json.loads, shipped().splitlines()) if not f.get("materials"))
    report = services.load_services([{**facts, "materials": [{"code": "m1", "name": "申请表"}]}], pack="yunzhou")
    assert (report.changed, services.get_service(facts["code"]).version) == (1, 2)
    assert "materials" not in services.get_service(facts["code"]).quality
    assert services.get_service(facts["code"], 1).materials == ()
    open_ones = services.list_quality_tickets(pack="yunzhou", department=facts["department"], section="materials")
    assert facts["code"] not in {ticket.code for ticket in open_ones.items}
    assert services.load_services([facts], pack="yunzhou").changed == 1


def test_a_ticket_is_filed_once() -> None:
    code = services.list_services(department="tax").items[0].code
    services.file_quality_ticket(pack="yunzhou", code=code, section="faq")
    assert services.file_quality_ticket(pack="yunzhou", code=code, section="faq") is False
    with pytest.raises(NotFound):
        services.file_quality_ticket(pack="yunzhou", code="nope", section="faq")
    with pytest.raises(Invalid):
        services.file_quality_ticket(pack="yunzhou", code=code, section="colour")


def test_every_item_can_be_applied_for() -> None:
    processes = {services.get_definition(item.code).process for item in services.list_theme("legal")}
    assert processes <= {"standard-instant", "standard-promised", "standard-parallel"}
    assert len(processes) == 3


def test_codes_twice_in_one_load_are_refused() -> None:
    row = {"code": "X-1", "name": "甲", "department": "police"}
    with pytest.raises(Invalid):
        services.load_services([row, row], pack="yunzhou")


def test_a_new_item_is_found_at_once_and_counted_when_the_worker_hears_of_it() -> None:
    services.load_services([{"code": "N-1", "name": "鹮鹳观测点预约", "department": "forestry"}], pack="yunzhou")
    assert services.search(q="鹮鹳观测", limit=1).items[0].code == "N-1"
    while outbox.deliver_due():
        pass
    assert services.search(q="鹮鹳", limit=1).items[0].code == "N-1"


def test_rows_with_extreme_values_load_or_are_reported() -> None:
    lines = [
        {"code": "Y-1", "name": "\ud800办事\u0000项", "authority": "某" * 400, "exercise_level": "级" * 90},
        {"code": "Y-2", "name": "事" * 301, "authority": "甲局"},
        {"code": "Y-3/ ä?#", "name": "<b>'; --", "authority": "甲局", "promised_limit": "9999年"},
        {
            "code": "Y-4/ä?#%2F",
            "name": "{{7*7}}",
            "authority": "甲局",
            "promised_limit": "9999年",
            "materials": [[], {}, 3],
        },
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    report = services.import_services(content=content, filename="x.jsonl", pack="odd", city=services.CityFiles())
    assert (report.read, report.loaded, [found.row for found in report.rejected]) == (4, 2, [2, 3])
    assert services.get_service("Y-4/ä?#%2F", pack="odd").name.zh == "{{7*7}}"


def test_another_packs_items_stay_apart() -> None:
    row = {"code": "X-1", "name": "别城的护照", "department": "police"}
    services.load_services([row], pack="elsewhere")
    assert services.find_service("X-1") is None
    assert services.find_service("X-1", pack="elsewhere") is not None


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("护照", "护照"),
        ("passport", "护照"),
        ("huzhao", "护照"),
        ("换驾照", "驾驶证"),
        ("生孩子", "出生"),
        ("我要离婚", "离婚"),
        ("没钱请律师", "法律援助"),
        ("被狗咬了", "狂犬病"),
        ("借书证怎么办", "图书馆"),
        ("交通技术监控设备公布", "交通技术监控设备公布"),
    ],
)
def test_plain_words_find_what_they_mean(question: str, part: str) -> None:
    assert part in services.search(q=question, limit=1).items[0].name


HOSTILE = [
    "",
    " ",
    "'",
    "''",
    "\\",
    "'; DROP TABLE services_item; --",
    "a & b | !c <-> (d)",
    ":*",
    "<script>alert(1)</script>",
    "%",
    "_",
    "\x00",
    "\ud83d\ude00",
    "𠮷野家",
    "9" * 500,
    "证" * 500,
    "{{7*7}}",
    "../../etc/passwd",
    "ＡＢＣ１２３",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_hostile_questions_are_only_questions(question: str) -> None:
    found = services.search(q=question, limit=5)
    assert len(found.items) <= 5


def test_search_pages_do_not_repeat() -> None:
    first = services.search(q="公证", limit=20)
    second = services.search(q="公证", limit=20, cursor=first.next)
    assert not {i.code for i in first.items} & {i.code for i in second.items}


def test_a_cursor_that_nobody_made_is_refused() -> None:
    with pytest.raises(Invalid):
        services.search(q="公证", cursor="x")

"""Posted strings become typed values and understandable problems; hostile strings never crash either."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.forms.form_fixture import RESTAURANT
from tongban.contexts.forms.domain.coercion import clean_text, coerce, coerce_answers, show
from tongban.contexts.forms.domain.definition import parse
from tongban.contexts.forms.domain.validation import find_problems, in_words
from tongban.kernel import canonical_json

FORM = parse(RESTAURANT)
NAMES = tuple(FORM.by_name)
HOSTILE = st.one_of(
    st.text(alphabet=st.characters(), max_size=60),
    st.sampled_from(
        [
            "'; DROP TABLE forms_application; --",
            "<script>alert(1)</script>",
            "{{7*7}}",
            "\x00\x01",
            "\ud800",
            "１２３",
            "9" * 400,
            "1e999",
            "NaN",
            "-Infinity",
            "2026-02-30",
            "９９９９年９９月９９日",
            "🀄" * 50,
            "\u202e\u200b",
            "true",
            "on",
        ]
    ),
)


def problems(**posted: str) -> dict[str, str]:
    values = coerce_answers(FORM, {name: [text] for name, text in posted.items()}, NAMES)
    return {problem.field: problem.message.zh for problem in find_problems(FORM, values)}


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("fee", "１,280.50 元", 128050),
        ("fee", "0.1", 10),
        ("fee", "0.001", "0.001"),
        ("area", "86.5", 86.5),
        ("area", " 86 ", 86),
        ("area", "八十", "八十"),
        ("seats", "12.5", "12.5"),
        ("opened", "2026年6月1日", "2026-06-01"),
        ("opened", "2026/6/31", "2026/6/31"),
        ("phone", "138 0013 8000", "13800138000"),
        ("id_number", "11010119900307771x", "11010119900307771X"),
        ("visit_at", "2026-06-01T09:30", "2026-06-01T09:30:00+08:00"),
        ("visit_at", "2026年6月1日 9:30", "2026-06-01T09:30:00+08:00"),
        ("visit_at", "明早", "明早"),
        ("cold", "没有", False),
        ("cold", "", None),
        ("shop", "  小明\u200b面馆\r\n ", "小明面馆"),
        ("address", "文汇路\r\n128 号", "文汇路\n128 号"),
    ],
)
def test_typed_text_is_read_as_people_write_it(name: str, typed: str, value: object) -> None:
    assert coerce(FORM.by_name[name], [typed]) == value


def test_only_what_the_page_showed_is_answered() -> None:
    assert coerce_answers(FORM, {"shop": ["甲"], "ghost": ["x"], "area": ["1"]}, ["shop", "ghost", "kinds"]) == {
        "shop": "甲",
        "kinds": None,
    }


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("shop", "", "还没填"),
        ("shop", "面", "太短了，至少 2 个字"),
        ("shop", "面" * 31, "太长了，最多 30 个字"),
        ("address", "湖滨区文汇路", "还没写门牌号"),
        ("cold", "", "还没选"),
        ("fee", "0.5", "不能小于 1.00"),
        ("fee", "很多", "请写金额，单位元，例如 1280.50"),
        ("area", "0", "要大于 0"),
        ("seats", "501", "不能大于 500"),
        ("opened", "明天", "请写成年-月-日，例如 2026-06-16"),
        ("kinds", "酒", "第 1 项：请从列出的选项里选"),
        ("scale", "huge", "请从列出的选项里选"),
        ("id_number", "110101199003077710", "身份证号不对，请核对 18 位号码"),
        ("phone", "12345", "电话号码不对，手机写 11 位，座机带区号"),
        ("usage", "长" * 4001, "太长了，最多 4000 个字"),
    ],
)
def test_a_wrong_answer_is_explained_in_plain_words(name: str, typed: str, words: str) -> None:
    assert problems(**{name: typed})[name] == words


def test_a_condition_makes_a_field_needed() -> None:
    assert "area" not in problems(cold="没有")
    assert problems(cold="有")["area"] == "还没填"


def test_a_field_that_does_not_apply_is_neither_asked_nor_judged() -> None:
    assert "knives" not in [field.name for field in FORM.applicable({"cold": False})]
    assert "knives" not in problems(cold="没有", knives="x")
    assert problems(cold="有", knives="x")["knives"] == "请只写整数，例如 3"


def test_problems_come_in_the_order_asked_and_once_a_field() -> None:
    found = find_problems(FORM, {"seats": "x", "fee": 1})
    assert [problem.field for problem in found] == [
        "shop",
        "address",
        "cold",
        "fee",
        "seats",
        "name",
        "id_number",
        "usage",
    ]


def test_values_are_shown_in_words() -> None:
    assert in_words(FORM.by_name["fee"], 128050) == "¥1,280.50"
    assert in_words(FORM.by_name["cold"], False) == "否"
    assert in_words(FORM.by_name["area"], 86, "en") == "86 m²"
    assert in_words(FORM.by_name["kinds"], ["面", "饭"]) == "面、饭"
    assert in_words(FORM.by_name["scale"], "small", "en") == "Small"
    assert in_words(FORM.by_name["opened"], "2026-06-09") == "2026 年 6 月 9 日"
    assert in_words(FORM.by_name["opened"], "2026-06-09", "en") == "9 June 2026"
    assert in_words(FORM.by_name["opened"], "六月") == "六月"


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(HOSTILE, max_size=3), max_size=len(NAMES)))
def test_hostile_strings_never_crash_and_always_end_as_json(posted) -> None:
    values = coerce_answers(FORM, posted, NAMES)
    canonical_json.dumps(values)
    for problem in find_problems(FORM, values):
        assert problem.message.zh
        assert problem.message.en
    for name, value in values.items():
        in_words(FORM.by_name[name], value)


@given(name=st.sampled_from(NAMES), text=HOSTILE)
@settings(max_examples=200)
def test_what_an_input_shows_again_reads_back_as_the_same_value(name: str, text: str) -> None:
    field = FORM.by_name[name]
    value = coerce(field, [text])
    if field.kind != "array":
        again = coerce(field, [show(field, value)])
        assert again == value or (isinstance(value, str) and again == coerce(field, [value]))


@given(HOSTILE)
def test_clean_text_is_stable(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert "\x00" not in once

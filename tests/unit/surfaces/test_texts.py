"""How texts are broken and joined on pages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.surfaces.shared.templatetags.shared import cl, thousands, unstopped


def clauses(text: str) -> list[str]:
    return re.findall(r'<span class="cl">(.*?)</span>', cl(text))


def test_a_heading_breaks_between_clauses_and_before_a_bracket() -> None:
    assert clauses("住房公积金提取（购买、租赁自住住房）") == ["住房公积金提取", "（购买、租赁自住住房）"]
    assert clauses("3 个部门办完 0 个，等你补材料") == ["3 个部门办完 0 个，", "等你补材料"]


@given(st.text(alphabet="房产（）()，：。！? ", max_size=20))
def test_a_broken_heading_loses_nothing(text: str) -> None:
    assert re.sub(r"<[^>]+>", "", cl(text)) == text


@pytest.mark.parametrize(
    ("written", "joined"), [("请补拍。", "请补拍"), ("请补拍", "请补拍"), ("Send it. ", "Send it"), ("", "")]
)
def test_a_sentence_within_a_sentence_has_no_full_stop(written: str, joined: str) -> None:
    assert unstopped(written) == joined


def test_large_numbers_are_read_by_thousands() -> None:
    assert thousands(16599) == "16,599"

"""Every sentence a person reads exists in both languages."""

from __future__ import annotations

from tongban.assembly import messages


def test_no_chinese_sentence_lacks_its_english() -> None:
    assert messages.gaps() == []


def test_a_gap_is_found() -> None:
    found = messages.gaps_between(wanted={"办件", "首页"}, known={"首页": "Home", "办件": ""})
    assert found == ["办件"]


def test_placeholders_survive_translation() -> None:
    assert messages.broken_placeholders({"%(count)d 件": "cases"}) == ["%(count)d 件"]
    assert messages.broken_placeholders(messages.catalogue()) == []

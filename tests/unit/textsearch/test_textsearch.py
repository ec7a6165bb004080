"""Tokens, questions and ranking: no text breaks them, and plain rules of relevance hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.textsearch.normalise import compact, normalise
from tongban.engines.textsearch.pinyin import SYLLABLES, looks_like_initials, split_syllables
from tongban.engines.textsearch.query import MAX_QUERY, PlainWords, parse_query
from tongban.engines.textsearch.rank import (
    Field,
    comparable,
    idf,
    impacts_of,
    relevance,
    retrieval_tokens,
    score,
    token_weights,
    wording_bonus,
)
from tongban.engines.textsearch.tokens import content_tokens, letter_of, sort_key, sound_tokens, stem

HAN = st.text(alphabet="一丁办理身份证驾驶护照出生公积金律师执业许可", min_size=1, max_size=20)
PLAIN = PlainWords.of([(["生孩子", "newborn", "having a baby"], ["出生医学证明"]), (["孩子"], ["儿童"])])


@given(st.text(max_size=300))
def test_any_text_becomes_clean_tokens(text: str) -> None:
    tokens = {*content_tokens(text), *sound_tokens(text)}
    assert all(token[0] in "=-~.^w#" and len(token) > 1 and "\x00" not in token for token in tokens)
    assert normalise(normalise(text)) == normalise(text)
    assert compact(compact(text)) == compact(text)


@given(st.text(max_size=300))
def test_any_question_is_parsed(text: str) -> None:
    query = parse_query(text, plain_words=PLAIN)
    assert all(0 < weight <= 1 for weight in query.tokens.values())
    assert query.kind == "empty" or query.tokens or query.code


@given(HAN)
def test_chinese_is_found_by_its_own_pinyin(text: str) -> None:
    letters = "".join(syllable for syllable in sort_key(text).split("\x1f")[0].split())
    shared = set(parse_query(letters).tokens) & set(sound_tokens(text))
    assert shared or len(letters) > MAX_QUERY or not split_syllables(letters)


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=6))
def test_syllables_written_together_come_apart_into_syllables(syllables: list[str]) -> None:
    split = split_syllables("".join(syllables))
    assert "".join(split) == "".join(syllables)
    assert set(split) <= SYLLABLES


@pytest.mark.parametrize(
    ("letters", "expected"),
    [("shenfenzheng", ("shen", "fen", "zheng")), ("passport", ()), ("gongjijin", ("gong", "ji", "jin"))],
)
def test_pinyin_is_told_from_english(letters: str, expected: tuple[str, ...]) -> None:
    assert split_syllables(letters) == expected


def test_only_consonants_are_initials() -> None:
    assert looks_like_initials("sfz")
    assert not looks_like_initials("sofa")
    assert "^sfz" in parse_query("sfz").tokens


@pytest.mark.parametrize(
    ("text", "letter"), [("身份证", "S"), ("《中华", "Z"), ("2019年", "#"), ("CNAS", "C"), ("…", "#")]
)
def test_names_have_an_index_letter(text: str, letter: str) -> None:
    assert letter_of(text) == letter


def test_sorting_is_by_pinyin() -> None:
    assert sorted(["重庆", "北京", "安徽"], key=sort_key)[:2] == ["安徽", "北京"]


@pytest.mark.parametrize(("word", "expected"), [("passports", "passport"), ("companies", "company"), ("pass", "pass")])
def test_english_endings_do_not_matter(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_filler_is_not_searched() -> None:
    assert parse_query("我要换驾照怎么办").tokens.keys() == parse_query("换驾照").tokens.keys()
    assert parse_query("how do I get a passport").tokens.keys() == parse_query("passport").tokens.keys()


def test_a_question_of_filler_only_still_searches() -> None:
    assert parse_query("怎么办").tokens


def test_plain_words_bring_official_words_by_their_share() -> None:
    whole, part = parse_query("生孩子", plain_words=PLAIN), parse_query("生孩子要办的一切手续", plain_words=PLAIN)
    assert whole.tokens["=医学"] > part.tokens["=医学"] > 0
    assert "=儿童" not in whole.tokens
    assert "=医学" in parse_query("having a baby", plain_words=PLAIN).tokens


def test_codes_are_recognised() -> None:
    assert parse_query(" 11440000006939756b2440101007000 ").code == "11440000006939756B2440101007000"
    assert parse_query("passport").code == ""


def test_a_rare_token_tells_more() -> None:
    assert idf(1, 1000) > idf(500, 1000) > idf(1000, 1000) > 0


def test_a_name_counts_more_than_a_condition() -> None:
    in_name = impacts_of([Field("护照", 3.0, 10), Field("其他", 0.2, 10)])
    in_condition = impacts_of([Field("其他", 3.0, 10), Field("护照", 0.2, 10)])
    weights = token_weights(parse_query("护照"), {"=护照": 2, "-护": 2, "-照": 2}, 10)
    assert score(weights, in_name) > score(weights, in_condition) > 0


def test_unknown_tokens_weigh_nothing() -> None:
    assert token_weights(parse_query("护照"), {}, 10) == {}


@given(HAN)
def test_the_exact_name_is_the_nearest_wording(name: str) -> None:
    query = parse_query(name)
    if "".join(query.phrases) == name:
        assert wording_bonus(query, comparable([name])) >= wording_bonus(query, comparable([f"{name}查询", "别的"]))


def test_a_lift_breaks_ties_only_by_its_factor() -> None:
    query = parse_query("护照")
    weights = {"=护照": 1.0}
    assert relevance(query, weights, 0.5, (), lift=1.25) > relevance(query, weights, 0.5, (), lift=1.0)


def test_only_telling_tokens_call_up_documents() -> None:
    weights = {"=护照": 3.0, "=查询": 0.5, "-护": 0.2}
    assert retrieval_tokens(weights, {"=护照": 5, "=查询": 900, "-护": 50}) == ("=护照",)
    assert retrieval_tokens({"-护": 1.0}, {"-护": 50}) == ("-护",)

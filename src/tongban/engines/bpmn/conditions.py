"""The comparison language of an exclusive gateway: a small, exact subset of FEEL.

`area_m2 >= 100 and decision.review = "approve"`: names, strings, numbers, true/false/null, the six comparisons,
`and`, `or`, `not(…)` and brackets. Anything else is refused. A comparison of unlike or missing values is unknown,
and an unknown condition is not taken. Source: DMN 1.3, chapter 10 (three-valued logic).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from tongban.kernel.errors import Invalid, Text

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<string>"(?:[^"\\]|\\["\\])*")|(?P<op><=|>=|!=|=|<|>)"""
    r"""|(?P<bracket>[()])|(?P<name>[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*))"""
)
_MAX_LENGTH = 500
_MAX_DEPTH = 20
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

Value = str | Decimal | bool | None


class ConditionRefused(Invalid):
    """A condition is outside the language."""

    code = "condition-refused"

    def __init__(self, reason: Text) -> None:
        super().__init__(
            reason,
            remedy=Text(
                zh='只能写“名称 比较符 值”，用 and、or、not() 连接，例如 area_m2 >= 100 and kind = "餐饮"',
                en='Write "name comparison value" joined by and, or, not(), such as area_m2 >= 100 and kind = "food"',
            ),
        )


@dataclass(frozen=True, slots=True)
class _Name:
    path: str


@dataclass(frozen=True, slots=True)
class _Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class _Comparison:
    op: str
    left: _Name | _Literal
    right: _Name | _Literal


@dataclass(frozen=True, slots=True)
class _Junction:
    op: str
    parts: tuple[_Expression, ...]


_Expression = _Comparison | _Junction


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition."""

    source: str
    _root: _Expression

    @classmethod
    def parse(cls, source: str) -> Condition:
        """Read a condition. Raises: ConditionRefused, saying where it leaves the language."""
        return _parse(source)

    def holds(self, variables: Mapping[str, object]) -> bool:
        """Whether it is true for these values; unknown counts as not true."""
        return _evaluate(self._root, variables) is True

    def names(self) -> frozenset[str]:
        """The names it reads."""
        return frozenset(_names(self._root))


@lru_cache(maxsize=4096)
def _parse(source: str) -> Condition:
    if len(source) > _MAX_LENGTH:
        raise ConditionRefused(Text(zh="条件太长", en="The condition is too long"))
    return Condition(source, _Parser(source).whole())


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0

    def whole(self) -> _Expression:
        root = self._disjunction()
        if self._peek()[1]:
            raise _unexpected(self._peek()[1])
        return root

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _expect(self, text: str) -> None:
        kind, got = self._next()
        if kind == "string" or got != text:
            raise _unexpected(got)

    def _disjunction(self) -> _Expression:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ConditionRefused(Text(zh="条件嵌套太深", en="The condition is nested too deeply"))
        root = self._joined("or", lambda: self._joined("and", self._part))
        self._depth -= 1
        return root

    def _joined(self, word: str, part: Callable[[], _Expression]) -> _Expression:
        parts = [part()]
        while self._peek() == ("name", word):
            self._next()
            parts.append(part())
        return parts[0] if len(parts) == 1 else _Junction(word, tuple(parts))

    def _part(self) -> _Expression:
        if self._peek() == ("name", "not"):
            self._next()
            self._expect("(")
            inner = self._disjunction()
            self._expect(")")
            return _Junction("not", (inner,))
        if self._peek() == ("bracket", "("):
            self._next()
            inner = self._disjunction()
            self._expect(")")
            return inner
        left = self._operand()
        kind, op = self._next()
        if kind != "op":
            raise _unexpected(op)
        return _Comparison(op, left, self._operand())

    def _operand(self) -> _Name | _Literal:
        kind, text = self._next()
        if kind == "number":
            return _Literal(Decimal(text))
        if kind == "string":
            return _Literal(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "name" and text in _LITERALS:
            return _Literal(_LITERALS[text])
        if kind == "name" and text not in {"and", "or", "not"}:
            return _Name(text)
        raise _unexpected(text)


def _tokens(source: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(source.rstrip())
    while at < end:
        match = _TOKEN.match(source, at, end)
        if match is None:
            raise _unexpected(source[at:].strip()[:20])
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def _unexpected(text: str) -> ConditionRefused:
    shown = text or "（结尾）"
    return ConditionRefused(
        Text(zh=f"条件在“{shown}”处读不懂", en=f"The condition cannot be read at “{text or 'its end'}”")
    )


def _evaluate(expression: _Expression, variables: Mapping[str, object]) -> bool | None:
    if isinstance(expression, _Comparison):
        return _compare(expression.op, _value(expression.left, variables), _value(expression.right, variables))
    results = [_evaluate(part, variables) for part in expression.parts]
    if expression.op == "not":
        return None if results[0] is None else not results[0]
    decisive = expression.op == "or"
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def _compare(op: str, left: Value, right: Value) -> bool | None:
    if op in {"=", "!="}:
        if left is not None and right is not None and type(left) is not type(right):
            return None
        return (left == right) is (op == "=")
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]
    if isinstance(left, str) and isinstance(right, str):
        # ISO dates order as text does; other texts have no order that a resident would expect.
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]
    return None


def _value(operand: _Name | _Literal, variables: Mapping[str, object]) -> Value:
    if isinstance(operand, _Literal):
        return operand.value
    found: object = variables
    for part in operand.path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or found is None or isinstance(found, str):
        return found
    if isinstance(found, int | float | Decimal):
        return Decimal(str(found))
    return None


def _names(expression: _Expression) -> list[str]:
    if isinstance(expression, _Comparison):
        return [side.path for side in (expression.left, expression.right) if isinstance(side, _Name)]
    return [name for part in expression.parts for name in _names(part)]

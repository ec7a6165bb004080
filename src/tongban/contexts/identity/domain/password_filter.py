"""A set of passwords in about two bytes each: asked for a password, it may be wrong only by refusing one too many.

A binary fuse filter: every member owns three places of a table, whose values XOR to a fingerprint of the member. A
member is always found; of what is no member, one in 2^17 (131,072) is found by chance. A table opened as a mapped file
costs what is looked at: three places.
Source: Graf and Lemire, Binary Fuse Filters: Fast and Smaller Than Xor Filters, 2022.
"""

from __future__ import annotations

import hashlib
import math
import struct
import unicodedata
from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass

FINGERPRINT_BITS = 17
_MASK = (1 << FINGERPRINT_BITS) - 1
_HEADER = struct.Struct("<8sQQQQ")
_MAGIC = b"TBFUSE\x00\x01"
_PADDING = 8
_MOST_SEEDS = 100


class NotAFilter(ValueError):
    """The bytes are no filter of this kind."""


def normalise(password: str) -> str:
    """The form in which passwords are compared: compatibility form, one case, without punctuation around.

    Source: NIST SP 800-63B 5.1.1.2 (normalisation before comparison).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", password).casefold())
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not folded[end - 1].isalnum():
        end -= 1
    return folded[start:end] or folded


@dataclass(frozen=True, slots=True)
class _Shape:
    seed: int
    segment: int
    segments: int

    @property
    def places(self) -> int:
        return (self.segments + 2) * self.segment

    def of(self, key: str) -> tuple[int, int, int, int]:
        """A key's three places and its fingerprint."""
        digest = hashlib.blake2b(key.encode(), digest_size=16, key=self.seed.to_bytes(8, "little")).digest()
        where, print_ = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") & _MASK
        mask = self.segment - 1
        first = (where * (self.segments * self.segment)) >> 64
        second = (first + self.segment) ^ ((where >> 18) & mask)
        third = (first + 2 * self.segment) ^ (where & mask)
        return first, second, third, print_


class PasswordFilter:
    """A filter over its bytes, which may be a mapped file."""

    def __init__(self, data: memoryview) -> None:
        """Raises: NotAFilter for other bytes, or for fewer than the header says."""
        if len(data) < _HEADER.size:
            raise NotAFilter("too short for a header")
        magic, seed, segment, segments, self.size = _HEADER.unpack_from(data)
        self._shape = _Shape(seed, segment, segments)
        if magic != _MAGIC or len(data) != _HEADER.size + _packed_size(self._shape.places):
            raise NotAFilter("another kind of file, or cut short")
        self._table = data[_HEADER.size :]

    def __contains__(self, normalised: str) -> bool:
        """Whether a password, in its normal form, may be a member."""
        *places, print_ = self._shape.of(normalised)
        for place in places:
            print_ ^= self._at(place)
        return print_ == 0

    def _at(self, place: int) -> int:
        byte, shift = divmod(place * FINGERPRINT_BITS, 8)
        return (int.from_bytes(self._table[byte : byte + 4], "little") >> shift) & _MASK


def build(keys: Collection[str]) -> bytes:
    """The filter of some passwords in their normal form. Raises: ValueError for the same one twice."""
    if len(set(keys)) != len(keys):
        raise ValueError("a filter is made of different keys")
    for shape in _shapes(len(keys)):
        table = _solve(shape, keys)
        if table is not None:
            header = _HEADER.pack(_MAGIC, shape.seed, shape.segment, shape.segments, len(keys))
            return header + _pack(table)
    raise ValueError("no seed places these keys")


def _shapes(count: int) -> Iterator[_Shape]:
    """Sizes by the paper's formulas for three places, with one seed after the other."""
    count = max(count, 2)
    segment = min(1 << int(math.log(count) / math.log(3.33) + 2.25), 1 << 18)
    factor = max(1.125, 0.875 + 0.25 * math.log(1_000_000) / math.log(count))
    segments = max(1, -(-int(count * factor) // segment) - 2)
    for seed in range(_MOST_SEEDS):
        yield _Shape(seed, segment, segments)


def _solve(shape: _Shape, keys: Collection[str]) -> array[int] | None:
    """Peel keys off places that only one of them owns, then fill in reverse; ``None`` when a seed fails."""
    owners, mixed = bytearray(shape.places), array("Q", bytes(8 * shape.places))
    hashed = [shape.of(key) for key in keys]
    for number, (first, second, third, _print) in enumerate(hashed):
        for place in (first, second, third):
            if owners[place] == 255:
                return None
            owners[place] += 1
            mixed[place] ^= number
    single = [place for place in range(shape.places) if owners[place] == 1]
    peeled: list[tuple[int, int]] = []
    while single:
        place = single.pop()
        if owners[place] != 1:
            continue
        number = mixed[place]
        peeled.append((number, place))
        for other in hashed[number][:3]:
            owners[other] -= 1
            mixed[other] ^= number
            if owners[other] == 1:
                single.append(other)
    if len(peeled) != len(hashed):
        return None
    table = array("Q", bytes(8 * shape.places))
    for number, place in reversed(peeled):
        first, second, third, print_ = hashed[number]
        table[place] = 0
        table[place] = print_ ^ table[first] ^ table[second] ^ table[third]
    return table


def _packed_size(places: int) -> int:
    return -(-places * FINGERPRINT_BITS // 8) + _PADDING


def _pack(table: array[int]) -> bytes:
    packed = bytearray(_packed_size(len(table)))
    group = 8 * FINGERPRINT_BITS // 8
    for start in range(0, len(table), 8):
        bits = 0
        for offset, value in enumerate(table[start : start + 8]):
            bits |= value << (offset * FINGERPRINT_BITS)
        at = start * FINGERPRINT_BITS // 8
        packed[at : at + group] = bits.to_bytes(group, "little")
    return bytes(packed[: _packed_size(len(table))])

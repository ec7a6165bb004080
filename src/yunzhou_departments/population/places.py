"""Where people live: the districts of 云州市, and the fictional cities that newcomers come from.

Division codes start with 99, which GB/T 2260 does not assign.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

CITY = "云州市"
DISTRICTS = {
    "990102": "湖滨区",
    "990103": "云台区",
    "990104": "望江区",
    "990105": "东津区",
    "990106": "石桥区",
    "990121": "青荷县",
}
DISTRICT_WEIGHTS = (26, 19, 19, 15, 13, 8)
OTHER_PLACES = {
    "990203": ("江陵市", "城中区"),
    "990304": ("临州市", "南屏区"),
    "990321": ("临州市", "白石县"),
    "990405": ("松原岭市", "北山区"),
    "990522": ("南屏市", "清溪县"),
}
_CODES = tuple(DISTRICTS)
_OTHER_CODES = tuple(OTHER_PLACES)
_CUMULATIVE = tuple(sum(DISTRICT_WEIGHTS[: i + 1]) for i in range(len(DISTRICT_WEIGHTS)))
_ROAD_FIRST = "文锦云青明长和春永新安望江石东荷柳梅竹桂景福宁昌"
_ROAD_SECOND = "汇云湖山河桥泉林亭园港塘源州宁阳景华庭秀"
_ROAD_LAST = ("路", "路", "路", "街", "大道", "巷")
ROADS: dict[str, tuple[str, ...]] = {
    code: tuple(
        first + _ROAD_SECOND[(number * 7 + place * 3) % len(_ROAD_SECOND)] + _ROAD_LAST[(number + place) % 6]
        for place, first in enumerate(_ROAD_FIRST)
    )
    for number, code in enumerate(_CODES)
}
"""Each district's streets, always the same."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address in the city, in the parts that an old system would store."""

    district: str
    road: str
    number: str
    detail: str

    def text(self) -> str:
        """The whole address in one line."""
        return f"{CITY}{DISTRICTS[self.district]}{self.road}{self.number}{self.detail}"


def home_address(rng: random.Random) -> Address:
    """A dwelling anywhere in the city."""
    code = rng.choices(_CODES, cum_weights=_CUMULATIVE)[0]
    road = ROADS[code][int(rng.random() * 24)]
    number = f"{1 + int(rng.random() * 400)}号"
    floor, door = 1 + int(rng.random() * 18), 1 + int(rng.random() * 4)
    return Address(code, road, number, f"{1 + int(rng.random() * 12)}幢{floor}{door:02d}室")


def street_address(rng: random.Random) -> Address:
    """Premises on a street: no building and no room."""
    code = rng.choices(_CODES, cum_weights=_CUMULATIVE)[0]
    return Address(code, ROADS[code][int(rng.random() * 24)], f"{1 + int(rng.random() * 400)}号", "")


def other_division(rng: random.Random) -> str:
    """A division outside the city."""
    return _OTHER_CODES[int(rng.random() * len(_OTHER_CODES))]


def outside_address(rng: random.Random, division: str) -> str:
    """An address in another city, in one line."""
    city, district = OTHER_PLACES[division]
    return f"{city}{district}{rng.choice(_ROAD_FIRST)}{rng.choice(_ROAD_SECOND)}路{1 + int(rng.random() * 200)}号"

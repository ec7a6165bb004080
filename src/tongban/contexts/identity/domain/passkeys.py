"""Passkeys: where they work, how long a challenge stands, what a counter that went back means."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

Purpose = Literal["enrol", "sign-in", "factor", "again"]
"""What a challenge was given for; an answer to one is not taken for another."""

CHALLENGE_STANDS = timedelta(minutes=5)
OPEN_CHALLENGES = 6
"""How many a session may hold at once: each open tab has one, and the oldest give way."""
PASSKEYS_PER_ACCOUNT = 20


@dataclass(frozen=True, slots=True)
class Site:
    """The site that passkeys are bound to: the relying party's id, and the only origin whose answers count."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser was asked to sign. ``value`` is base64url, as client data repeats it."""

    value: str
    purpose: Purpose
    user_verification: str
    issued_at: datetime


def site_at(*, web_url: str, asked: str, is_production: bool) -> Site | None:
    """The site for a request that came to an address, or ``None`` where passkeys do not work.

    Browsers bind passkeys to a domain: an IP address has none. ``localhost`` is one for demos and tests only.
    Source: Web Authentication Level 3, section 5.1.3 (relying party id).
    """
    host, ours = _host(asked), _host(web_url)
    if host == "localhost" and not is_production:
        return Site("localhost", asked)
    if host and host == ours and not is_address(host):
        return Site(host, web_url)
    return None


def other_site(*, web_url: str, asked: str, is_production: bool) -> str:
    """Where the same page can use passkeys, for a request that came to an address where it cannot; empty if nowhere."""
    ours = _host(web_url)
    if ours and not is_address(ours):
        return web_url
    if is_production:
        return ""
    parts = urlsplit(asked)
    return f"{parts.scheme}://localhost{f':{parts.port}' if parts.port else ''}"


def is_address(host: str) -> bool:
    """Whether a host is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def put_challenge(kept: Iterable[Mapping[str, Any]], new: Challenge, *, now: datetime) -> list[dict[str, Any]]:
    """A session's challenges with one more: lapsed ones go, and the oldest when there are too many."""
    standing = [dict(one) for one in kept if _stands(one, now)]
    written = {
        "value": new.value,
        "purpose": new.purpose,
        "user_verification": new.user_verification,
        "issued_at": new.issued_at.timestamp(),
    }
    return [*standing, written][-OPEN_CHALLENGES:]


def take_challenge(
    kept: Iterable[Mapping[str, Any]], value: str, purpose: Purpose, *, now: datetime
) -> tuple[list[dict[str, Any]], Mapping[str, Any] | None]:
    """Use a challenge up. Returns: what the session keeps, and the challenge if it stands and is for this purpose.

    The challenge is gone after one look, whatever becomes of the answer.
    """
    held = [dict(one) for one in kept]
    found = next((one for one in held if one["value"] == value), None)
    rest = [one for one in held if one is not found]
    if found is None or found["purpose"] != purpose or not _stands(found, now):
        return rest, None
    return rest, found


def went_back(*, kept: int, shown: int) -> bool:
    """Whether a signature counter says that two copies of a key exist. Authenticators without a counter show zero.

    Source: Web Authentication Level 3, section 6.1.1 (signature counter considerations).
    """
    return (kept or shown) != 0 and shown <= kept


def _stands(challenge: Mapping[str, Any], now: datetime) -> bool:
    age = now.timestamp() - float(challenge["issued_at"])
    return 0 <= age < CHALLENGE_STANDS.total_seconds()


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".").lower()

"""What a site that wants to sign people in may register: addresses, sector, scopes, ways to prove itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from urllib.parse import SplitResult, urlsplit

from tongban.kernel.errors import Text

SCOPES = ("openid", "profile", "phone", "email", "identity", "enterprise", "offline_access")
"""What a site may ask to be told, and ``offline_access``: to be told after the session is over."""

NO_AUTHENTICATION = "none"
SECRET_BASIC = "client_secret_basic"  # noqa: S105  names of methods, not secrets
SECRET_POST = "client_secret_post"  # noqa: S105
PRIVATE_KEY = "private_key_jwt"
SECRET_METHODS = (SECRET_BASIC, SECRET_POST)
AUTH_METHODS = (*SECRET_METHODS, PRIVATE_KEY, NO_AUTHENTICATION)
LOOPBACK = ("127.0.0.1", "::1", "localhost")

_URI_LENGTH = 1000
_UNSAFE = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}*]")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


class ClientState(Enum):
    """Where a site stands with the city."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    SUSPENDED = "suspended"


TRANSITIONS: dict[tuple[ClientState, str], ClientState] = {
    (ClientState.REQUESTED, "approve"): ClientState.APPROVED,
    (ClientState.REQUESTED, "refuse"): ClientState.REFUSED,
    (ClientState.APPROVED, "suspend"): ClientState.SUSPENDED,
    (ClientState.SUSPENDED, "restore"): ClientState.APPROVED,
}
"""The whole table: what is not here does not happen."""


def uri_fault(uri: str) -> Text | None:
    """Why an address cannot be registered, or ``None``: https, or http on the loopback; no fragment, no wildcard."""
    if len(uri) > _URI_LENGTH or _UNSAFE.search(uri):
        return Text(zh="含有不允许的字符或过长", en="it holds characters that are not allowed, or is too long")
    parts = _split(uri)
    if parts is None or not parts.hostname:
        return Text(zh="不是完整的地址", en="it is not a complete address")
    if parts.fragment or uri.endswith("#"):
        return Text(zh="不能带 # 片段", en="it must not carry a fragment")
    if parts.username is not None or parts.password is not None:
        return Text(zh="不能带用户名或密码", en="it must not carry a user name or password")
    if any(segment in (".", "..") for segment in parts.path.split("/")):
        return Text(zh="路径里不能有 . 或 ..", en="its path must not hold . or ..")
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return None
    return Text(zh="要用 https（本机调试可用 http）", en="it must be https (http only on the loopback)")


def host_of(uri: str) -> str:
    """The host of an address, without its port."""
    return urlsplit(uri).hostname or ""


def origin_of(uri: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def is_redirect_registered(uri: str, registered: Iterable[str], *, is_public: bool) -> bool:
    """Whether a site may have people sent to an address: one of its own, character for character.

    A program on somebody's own computer gets its port from the system, so for public clients the port of a registered
    http loopback address may differ. Source: RFC 8252 section 7.3.
    """
    known = tuple(registered)
    if uri in known:
        return True
    if not is_public or uri_fault(uri) is not None:
        return False
    wanted = _without_loopback_port(uri)
    return wanted is not None and any(_without_loopback_port(one) == wanted for one in known)


def sector_fault(sector: str, redirect_uris: Sequence[str]) -> Text | None:
    """Why a sector does not fit a site's addresses, or ``None``: every host is the sector's own or below it."""
    hosts = {host_of(uri) for uri in redirect_uris}
    if hosts <= {sector}:
        return None
    if not _HOST.fullmatch(sector) or "." not in sector or sector in LOOPBACK:
        return Text(zh="要填这些地址共同的上级域名", en="it must be the domain that these addresses share")
    if all(host == sector or host.endswith(f".{sector}") for host in hosts):
        return None
    return Text(zh="有回调地址不在这个域名之下", en="a redirect address is not below this domain")


def default_sector(redirect_uris: Sequence[str]) -> str | None:
    """The sector of a site whose redirect addresses share one host; ``None`` when it has to be stated."""
    hosts = {host_of(uri) for uri in redirect_uris}
    return hosts.pop() if len(hosts) == 1 else None


def default_post_logout_uris(redirect_uris: Sequence[str]) -> tuple[str, ...]:
    """Where people may be sent after signing out when nothing was stated: the redirect addresses and their roots."""
    roots = (f"{origin_of(uri)}/" for uri in redirect_uris)
    return tuple(dict.fromkeys([*redirect_uris, *roots]))


def auth_method_fault(method: str, *, is_public: bool, is_high_risk: bool) -> Text | None:
    """Why a way of proving itself does not fit a site's kind, or ``None``."""
    if method not in AUTH_METHODS:
        return Text(zh=f"只能是 {'、'.join(AUTH_METHODS)}", en=f"it must be one of {', '.join(AUTH_METHODS)}")
    if is_public and is_high_risk:
        return Text(zh="公开客户端不能是高风险客户端", en="a public client cannot be a high-risk client")
    if is_public != (method == NO_AUTHENTICATION):
        return Text(zh="公开客户端用 none，其他客户端不能用", en="public clients use none, and only they do")
    if is_high_risk and method != PRIVATE_KEY:
        return Text(zh="高风险客户端要用 private_key_jwt", en="high-risk clients use private_key_jwt")
    return None


def default_auth_method(*, is_public: bool, is_high_risk: bool) -> str:
    """How a site of a kind proves itself unless it says otherwise."""
    if is_public:
        return NO_AUTHENTICATION
    return PRIVATE_KEY if is_high_risk else SECRET_BASIC


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _port = parts.port
    except ValueError:
        return None
    return parts


def _without_loopback_port(uri: str) -> tuple[str, str, str] | None:
    parts = _split(uri)
    if parts is None or parts.scheme != "http" or parts.hostname not in LOOPBACK:
        return None
    return parts.hostname, parts.path, parts.query

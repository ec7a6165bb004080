"""Checking what a site states of itself, and making its credentials."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from tongban.contexts.identity import models
from tongban.contexts.identity.domain import clients as rules
from tongban.kernel.errors import Invalid, Text
from tongban.kernel.ids import new_token

if TYPE_CHECKING:
    from tongban.contexts.identity.api.clients import ClientRegistration

_PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_CURVES = ("P-256", "P-384")
_RSA_BITS = 2048
_MOST = 20


class ClientInvalid(Invalid):
    """A site cannot be registered like this; ``field`` names what is wrong."""

    code = "client-invalid"


def new_client_id() -> str:
    """A fresh public name for a client."""
    return f"site-{secrets.token_hex(8)}"


def new_secret() -> str:
    """A fresh client secret of 256 bits."""
    return new_token(32)


def hash_of(secret: str) -> str:
    """How a client secret is kept: it has too many bits to be guessed, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_key() -> tuple[dict[str, Any], dict[str, Any]]:
    """A fresh ES256 key pair as JWKs, private and public."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    return dict(key.as_dict(private=True)), dict(key.as_dict(private=False))


def checked(asked: ClientRegistration, *, sector: str = "") -> dict[str, Any]:
    """The columns of a client's row. ``sector`` is the one that an existing client keeps. Raises: ClientInvalid."""
    name = asked.name_zh.strip()
    if not 1 <= len(name) <= 80 or len(asked.name_en.strip()) > 120:
        raise invalid("name_zh", Text(zh="名称不能空，最长 80 字", en="A name of 1 to 80 characters is needed"))
    _check_organisation(asked.organisation)
    _check_uris("redirect_uris", asked.redirect_uris, at_least=1)
    post_logout = asked.post_logout_redirect_uris or rules.default_post_logout_uris(asked.redirect_uris)
    _check_uris("post_logout_redirect_uris", post_logout)
    if asked.backchannel_logout_uri:
        _check_uris("backchannel_logout_uri", [asked.backchannel_logout_uri])
    method = asked.auth_method or rules.default_auth_method(is_public=asked.is_public, is_high_risk=asked.is_high_risk)
    if fault := rules.auth_method_fault(method, is_public=asked.is_public, is_high_risk=asked.is_high_risk):
        raise invalid("auth_method", Text(zh=f"认证方式：{fault.zh}", en=f"The way of authenticating: {fault.en}"))
    return {
        "name_zh": name,
        "name_en": asked.name_en.strip() or name,
        "organisation": asked.organisation,
        "redirect_uris": list(asked.redirect_uris),
        "post_logout_redirect_uris": list(post_logout),
        "backchannel_logout_uri": asked.backchannel_logout_uri,
        "sector": _checked_sector(sector or asked.sector, asked.redirect_uris),
        "is_public": asked.is_public,
        "is_high_risk": asked.is_high_risk,
        "for_staff": asked.for_staff,
        "is_resource_server": asked.is_resource_server,
        "auth_method": method,
        "jwks": _checked_keys(asked.jwks, is_needed=method == rules.PRIVATE_KEY),
        "scopes": _checked_scopes(asked.scopes),
        "minimum_level": asked.minimum_level.value,
        "service_codes": sorted(set(asked.service_codes)),
    }


def invalid(field: str, message: Text, remedy: Text | None = None) -> ClientInvalid:
    """The error for one field."""
    return ClientInvalid(
        message, remedy=remedy or Text(zh="改好后再登记", en="Correct it and register again"), field=field
    )


def _check_organisation(code: str) -> None:
    if code and not models.Organisation.objects.filter(code=code).exists():
        raise invalid(
            "organisation",
            Text(zh=f"没有代码为“{code}”的部门", en=f"No department has the code “{code}”"),
            Text(zh="用城市包里的部门代码", en="Use a department's code from the city pack"),
        )


def _check_uris(field: str, uris: Iterable[str], *, at_least: int = 0) -> None:
    given = list(uris)
    if not at_least <= len(given) <= _MOST or len(set(given)) != len(given):
        raise invalid(
            field,
            Text(zh=f"要填 {at_least} 到 {_MOST} 个不同的地址", en=f"State {at_least} to {_MOST} different addresses"),
        )
    for uri in given:
        if fault := rules.uri_fault(uri):
            shown = uri[:120]
            raise invalid(field, Text(zh=f"地址 {shown} {fault.zh}", en=f"The address {shown}: {fault.en}"))


def _checked_sector(stated: str, redirect_uris: tuple[str, ...]) -> str:
    sector = stated.strip().lower() or rules.default_sector(redirect_uris) or ""
    if not sector:
        raise invalid(
            "sector",
            Text(zh="回调地址分属几个域名，要填它们共同的上级域名", en="The redirect addresses have several hosts"),
            Text(zh="例如 health.yunzhou.example", en="State the domain they share, such as health.yunzhou.example"),
        )
    if fault := rules.sector_fault(sector, redirect_uris):
        raise invalid("sector", Text(zh=f"归属域名：{fault.zh}", en=f"The sector: {fault.en}"))
    return sector


def _checked_scopes(scopes: tuple[str, ...]) -> list[str]:
    wanted = {*scopes, "openid"}
    if unknown := sorted(wanted - set(rules.SCOPES)):
        raise invalid(
            "scopes",
            Text(zh=f"没有这些范围：{'、'.join(unknown)}", en=f"There are no such scopes: {', '.join(unknown)}"),
            Text(zh=f"可用：{'、'.join(rules.SCOPES)}", en=f"Known are: {', '.join(rules.SCOPES)}"),
        )
    return [scope for scope in rules.SCOPES if scope in wanted]


def _checked_keys(jwks: dict[str, Any] | None, *, is_needed: bool) -> dict[str, Any] | None:
    if jwks is None:
        if is_needed:
            raise invalid("jwks", Text(zh="要登记公钥（JWKS）", en="A public key set (JWKS) is needed"))
        return None
    keys = jwks.get("keys")
    if not isinstance(keys, list) or not 1 <= len(keys) <= 5 or not all(isinstance(key, dict) for key in keys):
        raise invalid("jwks", Text(zh="JWKS 要有 1 到 5 把公钥", en="A JWKS holds 1 to 5 public keys"))
    if any(_PRIVATE_PARTS & key.keys() for key in keys):
        raise invalid(
            "jwks",
            Text(zh="JWKS 里有私钥", en="The JWKS holds a private key"),
            Text(
                zh="只登记公钥；这把私钥已经泄露，请更换",
                en="Register public keys only; make a new pair, this one is known",
            ),
        )
    try:
        known = KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise invalid("jwks", Text(zh="JWKS 读不懂", en="The JWKS cannot be read")) from error
    if not all(_is_strong(key) for key in known.keys):
        raise invalid(
            "jwks",
            Text(
                zh="公钥要用 EC P-256、P-384 或不短于 2048 位的 RSA",
                en="Keys are EC P-256, P-384, or RSA of 2048 bits and more",
            ),
        )
    return {"keys": [_with_kid(key) for key in known.keys]}


def _is_strong(key: Any) -> bool:
    if isinstance(key, ECKey):
        return key.curve_name in _CURVES
    return isinstance(key, RSAKey) and key.raw_value.key_size >= _RSA_BITS


def _with_kid(key: Any) -> dict[str, Any]:
    key.ensure_kid()
    return dict(key.as_dict(private=False))

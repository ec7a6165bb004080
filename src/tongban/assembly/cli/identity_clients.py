"""What ``tongban identity add-client`` does: register, approve, and print the credentials once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from tongban.contexts.identity import api
from tongban.kernel.errors import Invalid, Text


class ClientOptionInvalid(Invalid):
    """An option of the command cannot be used."""

    code = "client-option-invalid"


def level(text: str) -> api.IdentityLevel:
    """An identity level by its name. Raises: ClientOptionInvalid."""
    try:
        return api.IdentityLevel(text)
    except ValueError as error:
        names = ", ".join(one.value for one in api.IdentityLevel)
        raise ClientOptionInvalid(
            Text(zh=f"没有核验等级“{text}”", en=f"There is no identity level “{text}”"),
            remedy=Text(zh=f"可用：{names}", en=f"Known are: {names}"),
        ) from error


def add(asked: api.ClientRegistration, jwks: Path | None) -> dict[str, Any]:
    """Register and approve a client. Returns what its operator needs: a private key only if it was made here."""
    needs_key = asked.is_high_risk or asked.auth_method == "private_key_jwt"
    private: dict[str, Any] | None = None
    if jwks is not None:
        asked = replace(asked, jwks=_read(jwks))
    elif needs_key:
        private, public = api.make_client_key()
        asked = replace(asked, jwks={"keys": [public]})
    made = api.register_client(asked)
    client = api.approve_client(made.client.client_id)
    credentials: dict[str, Any] = {"client_secret": made.secret} if made.secret else {}
    if private is not None:
        credentials |= {"private_key_jwk": private, "key_id": private["kid"]}
    return {
        "issuer": api.provider_issuer(),
        "client_id": client.client_id,
        **credentials,
        "token_endpoint_auth_method": client.auth_method,
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "scopes": list(client.scopes),
    }


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ClientOptionInvalid(
            Text(zh=f"读不了 {file}", en=f"{file} cannot be read as JSON"),
            remedy=Text(zh='内容应为 {"keys": […]}', en='It should hold {"keys": […]}'),
        ) from error
    if not isinstance(found, dict):
        return {"keys": found}
    return found if "keys" in found else {"keys": [found]}

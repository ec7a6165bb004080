"""What the provider says of itself."""

from __future__ import annotations

from typing import Any

from tongban.contexts.identity.domain import authorizing, clients
from tongban.contexts.identity.domain.levels import ACR_VALUES
from tongban.contexts.identity.provider.keys import ALGORITHM
from tongban.contexts.identity.provider.proofs import ALGORITHMS

_ALWAYS = ("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash", "identity_level")
_FOR_ANOTHER = ("act", "mandate_id")


def metadata(issuer: str) -> dict[str, Any]:
    """The discovery document of an issuer."""
    told = [name for names in authorizing.CLAIMS_BY_SCOPE.values() for name in names]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oidc/authorize",
        "token_endpoint": f"{issuer}/oidc/token",
        "pushed_authorization_request_endpoint": f"{issuer}/oidc/par",
        "userinfo_endpoint": f"{issuer}/oidc/userinfo",
        "introspection_endpoint": f"{issuer}/oidc/introspect",
        "revocation_endpoint": f"{issuer}/oidc/revoke",
        "end_session_endpoint": f"{issuer}/oidc/logout",
        "jwks_uri": f"{issuer}/oidc/jwks",
        "scopes_supported": list(clients.SCOPES),
        "claims_supported": list(dict.fromkeys([*_ALWAYS, *_FOR_ANOTHER, *told])),
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "response_types_supported": ["code"],
        "response_modes_supported": list(authorizing.RESPONSE_MODES),
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "prompt_values_supported": list(authorizing.PROMPTS),
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": list(ACR_VALUES),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": list(clients.AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": list(clients.AUTH_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(clients.AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "ui_locales_supported": ["zh-CN", "en"],
    }

"""How members of staff come in during tests: a password is half of it, the demo's published authenticator the rest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import Any

from django.test import Client

from tongban.contexts.identity.domain.demo import TOTP_SECRET as DEMO_SECRET

BACKEND = "tongban.contexts.identity.adapters.accounts.AccountBackend"


def totp(secret: str = DEMO_SECRET, *, steps: int = 0) -> str:
    """The code an authenticator shows. Source: RFC 6238."""
    counter = int(time.time()) // 30 + steps
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def enter(client: Client, account: Any) -> None:
    """Sign an account in without its pages; staff as after their second factor."""
    from tongban.contexts.identity.api.sessions import FACTOR_KEY

    client.force_login(account, backend=BACKEND)
    if account.realm == "staff":
        session = client.session
        session[FACTOR_KEY] = "shown in a test"
        session.save()

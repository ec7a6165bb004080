"""People of the interoperability tests, made where the provider's database is."""

from __future__ import annotations

import json
import os
import zlib


def main(arguments: list[str]) -> None:
    """Make one: username, password, and ``totp`` for somebody with an authenticator. Prints what the test needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.assembly.settings")
    import django

    django.setup()
    from tongban.contexts.identity import api, models
    from tongban.contexts.identity.adapters.second_factor import enrol_totp
    from tongban.kernel import resident_id

    username, password, *options = arguments
    first = f"99010219910514{zlib.crc32(username.encode()) % 1000:03}"
    row = {
        "username": username,
        "password": password,
        "kind": "resident",
        "name": "王小明",
        "id_number": first + resident_id.check_character(first),
    }
    api.load_demo_accounts([row])
    made = {"username": username, "password": password}
    if "totp" in options:
        made["totp_secret"], _url = enrol_totp(models.Account.objects.get(username=username))
    print(json.dumps(made))

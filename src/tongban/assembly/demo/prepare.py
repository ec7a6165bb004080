"""The task of every start: schema, then the city pack when it has changed, accounts and the policy in force.

``python -m tongban.assembly.demo.prepare [--load-pack]``, in the environment of the demo's processes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from tongban.assembly.cli import tell
from tongban.assembly.cli.django_setup import ready
from tongban.kernel.errors import TongbanError
from tongban.runtime import logs, settings


def main(arguments: Sequence[str]) -> int:
    """Bring the platform's database up to date. Returns: 0, or 1 with what to do on standard error."""
    found = settings.current()
    logs.configure("prepare", found.log_level)
    ready()
    from django.core.management import call_command

    from tongban.assembly.models import LoadedPart
    from tongban.assembly.packs.load import load_pack
    from tongban.contexts.exchange.api import renew_snapshot

    began = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    _note("migrated", began)
    try:
        if "--load-pack" in arguments or not LoadedPart.objects.exists():
            load_pack(found.packs_dir / found.pack)
            _note("pack loaded", began)
        renew_snapshot()
        _note("policy renewed", began)
    except TongbanError as error:
        tell(error)
        return 1
    return 0


def _note(what: str, began: float) -> None:
    logs.get_logger(__name__).info(what, seconds=round(time.monotonic() - began, 2))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

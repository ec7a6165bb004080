"""``python -m yunzhou_departments``: fill the seven systems, serve two of them, drop the fund's files."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from tongban.kernel.clock import local_date, utc_now
from yunzhou_departments import loading
from yunzhou_departments.civil.service import CivilService
from yunzhou_departments.fund import drop
from yunzhou_departments.medical.service import MedicalService
from yunzhou_departments.population.build import DEFAULT_PERSONS, DEFAULT_SEED
from yunzhou_departments.population.model import EPOCH
from yunzhou_departments.service import DepartmentServer, Service, serve_until_stopped

SERVICES: Mapping[str, Callable[[Path], Service]] = {"medical-insurance": MedicalService, "civil-affairs": CivilService}
DEFAULT_PORTS = {"medical-insurance": 8201, "civil-affairs": 8202}
KEY_FILE = "access-key"
ADMIN_VARIABLE = "YUNZHOU_ADMIN_TOKEN"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns: 0, or 2 with a message on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (OSError, ValueError) as error:
        print(f"yunzhou_departments: {error}", file=sys.stderr)
        return 2


def access_key(folder: Path, service: str) -> str:
    """The key that callers of a service must present: a private file in its own folder, made at first use."""
    path = folder / service / KEY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(24) + "\n")
    return path.read_text(encoding="ascii").strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yunzhou_departments", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    populate = commands.add_parser("populate", help="build the population and fill all seven systems")
    populate.add_argument("--persons", type=int, default=DEFAULT_PERSONS)
    populate.add_argument("--seed", type=int, default=DEFAULT_SEED)
    populate.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day it is (default: today)")
    populate.add_argument("--data", type=Path, required=True, help="folder for the systems that keep files")
    populate.add_argument(
        "--dsn-file", type=Path, required=True, help="JSON: police, estate, social, market to owner's address"
    )
    populate.add_argument("--if-missing", action="store_true", help="do nothing when it is there already")
    populate.set_defaults(run=_populate)
    serve = commands.add_parser("serve", help="run one of the two web services")
    serve.add_argument("service", choices=sorted(SERVICES))
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=None)
    serve.add_argument("--data", type=Path, required=True)
    serve.set_defaults(run=_serve)
    nightly = commands.add_parser("drop-csv", help="write the housing fund's files of a day")
    nightly.add_argument("--data", type=Path, required=True)
    nightly.add_argument("--date", type=date.fromisoformat, default=None)
    nightly.set_defaults(run=_drop)
    return parser


def _today() -> date:
    return max(local_date(utc_now()), EPOCH)


def _populate(options: argparse.Namespace) -> int:
    addresses = loading.read_addresses(options.dsn_file)
    for service in SERVICES:
        access_key(options.data, service)
    if options.if_missing and loading.is_populated(options.data, addresses, persons=options.persons, seed=options.seed):
        print(json.dumps({"populated": False}))
        return 0
    as_of = options.as_of or _today()
    summary = loading.populate(options.data, addresses, persons=options.persons, seed=options.seed, as_of=as_of)
    print(json.dumps({"populated": True, **summary}, ensure_ascii=False))
    return 0


def _serve(options: argparse.Namespace) -> int:
    service = SERVICES[options.service](options.data)
    server = DepartmentServer(
        (options.host, DEFAULT_PORTS[options.service] if options.port is None else options.port),
        service,
        key=access_key(options.data, options.service),
        admin_token=os.environ.get(ADMIN_VARIABLE) or None,
    )
    serve_until_stopped(server, lambda: print(f"{options.service} on port {server.port}", flush=True))
    return 0


def _drop(options: argparse.Namespace) -> int:
    for path in drop.write(options.data, options.date or _today()):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The start of the demo, step by step, and its end."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tongban.assembly.demo.console import Console
from tongban.assembly.demo.folder import DemoFolder, fingerprint
from tongban.assembly.demo.programs import HOST, Ports, Programs
from tongban.assembly.doctor.machine import is_port_free
from tongban.contexts.identity.domain.demo import TOTP_SECRET
from tongban.kernel.errors import Conflict, Invalid, Text
from tongban.runtime import settings
from tongban.runtime.postgres import EmbeddedPostgres
from tongban.runtime.postgres_roles import BACK_OFFICE_DATABASES, owner_role, reader_role
from tongban.runtime.processes import StopRequested, Supervisor

DEFAULT_PERSONS = 20_000
_PREFERRED_DEPARTMENT_PORTS = (8201, 8202)


class PortTaken(Conflict):
    """A port that the demo needs is in use."""

    code = "port-taken"


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator asked for."""

    data_dir: Path
    web_port: int
    gateway_port: int
    persons: int | None
    web_workers: int
    is_fresh: bool


def run(options: Options, console: Console) -> None:
    """Start the demo and serve till somebody stops it. Raises: TongbanError saying what to do."""
    _check_port(options.web_port, "--port")
    _check_port(options.gateway_port, "--gateway-port")
    if options.web_port == options.gateway_port:
        raise _taken(options.web_port, "--gateway-port")
    folder = DemoFolder(options.data_dir)
    folder.hold()
    server = EmbeddedPostgres(options.data_dir)
    if options.is_fresh:
        with console.step(Text(zh="清除旧数据", en="Starting over")):
            folder.erase(server)
    supervisor = Supervisor(report=console.tell, status_file=options.data_dir / "processes.json")
    try:
        with supervisor.signals():
            _start(options, folder, server, supervisor, console)
            supervisor.run()
            print("\n正在停止 Stopping …", flush=True)
    except StopRequested:
        print("\n已中止 Stopped before it was ready", flush=True)
    else:
        print("已停止，数据保留在 Stopped; the data is kept in", options.data_dir, flush=True)


def _start(
    options: Options, folder: DemoFolder, server: EmbeddedPostgres, supervisor: Supervisor, console: Console
) -> None:
    (options.data_dir / "static").mkdir(exist_ok=True)
    for note in server.places.notes:
        console.tell(note)
    with console.step(Text(zh="数据库", en="Database")):
        supervisor.start(server.program())
        server.provision()
    ports = _ports(options)
    environment = _environment(options)
    found = settings.read_settings(environment)
    (options.data_dir / settings.WEB_URL_MARKER).write_text(f"{found.web_url}\n", encoding="utf-8")
    programs = Programs(options.data_dir, ports, environment, lambda: found.database_url, options.web_workers)
    owners_file = _write_connections(options.data_dir, server, ports)
    _fill(options, folder, programs, owners_file, supervisor, console, found)
    with console.step(Text(zh="部门系统、网关、后台、门户", en="Departments, gateway, worker, portal")):
        supervisor.start(
            programs.department("medical-insurance", ports.medical_insurance),
            programs.department("civil-affairs", ports.civil_affairs),
            programs.gateway(),
            programs.worker(),
            programs.web(),
        )
    accounts, password = _accounts(found.packs_dir / found.pack / "demo_accounts.yaml")
    web, gateway = found.web_url, found.gateway_url
    addresses = {
        "门户 Portal": f"{web}/",
        "综合窗口 Counter": f"{web}/counter/",
        "办件台 Desk": f"{web}/desk/",
        "管理台 Console": f"{web}/console/",
        "网关 Gateway": gateway,
        "邮件 Mail (files)": str(found.mail_dir),
    }
    console.ready(addresses, accounts, password, TOTP_SECRET)


def _fill(
    options: Options,
    folder: DemoFolder,
    programs: Programs,
    owners_file: Path,
    supervisor: Supervisor,
    console: Console,
    found: settings.Settings,
) -> None:
    """Fill the departments' systems and the platform's database side by side; what is already there is left."""
    done = folder.done()
    # Given no number, the city keeps the people it has.
    persons = options.persons or int(done.get("persons", DEFAULT_PERSONS))
    if done.get("persons", str(persons)) != str(persons):
        console.tell(
            Text(zh="居民数改变，部门数据重新生成", en="Another number of residents: departments' data is made anew")
        )
    pack = fingerprint([found.packs_dir / found.pack], found.database_url.rpartition("@")[2])
    with console.step(Text(zh=f"结构、城市包、{persons} 名居民", en="Schema, city pack, residents")):
        supervisor.complete(
            programs.populate(persons, owners_file), programs.prepare(load_pack=done.get("pack") != pack)
        )
        supervisor.complete(programs.drop_files())
    folder.note_done("persons", str(persons))
    folder.note_done("pack", pack)


def _environment(options: Options) -> dict[str, str]:
    """The environment of every process: ours, with the demo's choices."""
    chosen = {
        "TONGBAN_ENVIRONMENT": "demo",
        "TONGBAN_DATA": str(options.data_dir),
        "TONGBAN_WEB_PORT": str(options.web_port),
        "TONGBAN_GATEWAY_PORT": str(options.gateway_port),
        "TONGBAN_GATEWAY_URL": f"http://{HOST}:{options.gateway_port}",
        "DJANGO_SETTINGS_MODULE": "tongban.assembly.settings",
    }
    return {**os.environ, **chosen}


def _ports(options: Options) -> Ports:
    departments = [port if is_port_free(port) else _free_port() for port in _PREFERRED_DEPARTMENT_PORTS]
    return Ports(options.web_port, options.gateway_port, *departments)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _check_port(port: int, option: str) -> None:
    if not 0 < port < 65536:
        raise Invalid(
            Text(zh=f"{option} 不能是 {port}", en=f"{option} cannot be {port}"),
            remedy=Text(zh="请给 1–65535 之间的端口", en="Give a port between 1 and 65535"),
        )
    if not is_port_free(port):
        raise _taken(port, option)


def _taken(port: int, option: str) -> PortTaken:
    return PortTaken(
        Text(zh=f"端口 {port} 已被占用", en=f"Port {port} is in use"),
        remedy=Text(
            zh=f"结束占用它的程序，或选择另一个端口：tongban demo {option} {port + 10}",
            en=f"Stop what uses it, or choose another port: tongban demo {option} {port + 10}",
        ),
        port=port,
    )


def _write_connections(data_dir: Path, server: EmbeddedPostgres, ports: Ports) -> Path:
    """What the gateway reads the departments with, and what the generator fills them with: two private files."""
    systems = dict(zip(("police", "estate", "social", "market"), BACK_OFFICE_DATABASES, strict=True))
    departments = data_dir / "departments"
    connections: dict[str, object] = {name: server.url(reader_role(database)) for name, database in systems.items()}
    for name, port, key_header in (
        ("medical-insurance", ports.medical_insurance, "X-YB-Key"),
        ("civil-affairs", ports.civil_affairs, "X-MZ-AppKey"),
    ):
        key_file = str(departments / name / "access-key")
        connections[name] = {"url": f"http://{HOST}:{port}", "header_files": {key_header: key_file}}
    connections["housing-fund"] = str(departments / "housing-fund" / "drop")
    folder = data_dir / "secrets"
    _write_private(folder / "connections.json", connections)
    owners = {name: server.url(owner_role(database)) for name, database in systems.items()}
    return _write_private(folder / "departments.json", owners)


def _write_private(path: Path, content: Mapping[str, object]) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    draft.replace(path)
    return path


def _accounts(path: Path) -> tuple[list[dict[str, str]], str]:
    """The accounts worth telling: residents, one of each staff role, and how approvers are named."""
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))["accounts"]
    told: list[dict[str, str]] = []
    roles: set[str] = set()
    for account in loaded:
        new_roles = set(account.get("roles", ())) - roles
        if account["kind"] == "staff" and not new_roles:
            continue
        roles |= new_roles
        what = "居民 resident" if account["kind"] == "resident" else ", ".join(account["roles"])
        organisation = f" · {account['organisation']}" if account.get("organisation") else ""
        told.append({"username": account["username"], "who": f"{account['name']} · {what}{organisation}"})
    approvers = sum(1 for account in loaded if "approver" in account.get("roles", ()))
    told.append(
        {"username": "approver-…", "who": f"{approvers} 个部门的审批人员 approvers, one a department: {path.name}"}
    )
    return told, str(loaded[0]["password"])

"""The settings of every process, read from the environment once and refused when unsafe."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from tongban.kernel.errors import Text, TongbanError
from tongban.runtime.secret_files import Secrets, load_secrets

Environment = Literal["demo", "test", "production"]
_ENVIRONMENTS: tuple[Environment, ...] = ("demo", "test", "production")


WEB_URL_MARKER = "web.url"
"""File in the data folder in which the demo writes its address, for commands that name it."""


class SettingsRefused(TongbanError):
    """The environment asks for something unsafe or impossible."""

    code = "settings-refused"
    status = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment decides. Each field names its environment variable."""

    environment: Environment
    """TONGBAN_ENVIRONMENT: demo (default), test or production."""
    data_dir: Path
    """TONGBAN_DATA: where files, secrets, logs and the embedded database live; ./var by default."""
    packs_dir: Path
    """TONGBAN_PACKS: the folder that holds city packs; ./packs of the installation by default."""
    pack: str
    """TONGBAN_PACK: name of the city pack; yunzhou by default."""
    database_url: str
    """DATABASE_URL: PostgreSQL of the web and worker processes; the embedded server when unset."""
    gateway_database_url: str
    """TONGBAN_GATEWAY_DATABASE_URL: the same database as the gateway's own, narrower role."""
    web_host: str
    """TONGBAN_WEB_HOST: address the web process listens on; 127.0.0.1 by default."""
    web_port: int
    """TONGBAN_WEB_PORT: 8000 by default."""
    web_url: str
    """TONGBAN_WEB_URL: the address people use; by default that of the demo in the data folder, or
    http://127.0.0.1:<port>."""
    gateway_port: int
    """TONGBAN_GATEWAY_PORT: 8100 by default."""
    gateway_url: str
    """TONGBAN_GATEWAY_URL: where contexts reach the gateway; http://127.0.0.1:<port> by default."""
    mail_url: str
    """TONGBAN_MAIL_URL: smtp://user:password@host:port, or file: for a folder below the data folder (default)."""
    trusted_proxies: int
    """TONGBAN_TRUSTED_PROXIES: how many proxies of ours stand before the web process; 0 by default. Without it
    every visitor behind a proxy counts as one address; with too many, visitors choose the one they are counted by."""
    log_level: str
    """TONGBAN_LOG_LEVEL: debug, info (default), warning or error."""
    secrets: Secrets
    """Keys: files below <data>/secrets, made at first use except in production."""

    @property
    def connections_file(self) -> Path:
        """Names of departmental connections and how the gateway reaches them (JSON, private)."""
        return self.data_dir / "secrets" / "connections.json"

    @property
    def mail_dir(self) -> Path:
        """Where e-mail is kept as files when no mail server is set."""
        return self.data_dir / "mail"

    @property
    def is_production(self) -> bool:
        """Whether residents depend on this deployment."""
        return self.environment == "production"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables. Raises: SettingsRefused naming the variable and what to set."""
    environment = environ.get("TONGBAN_ENVIRONMENT", "demo")
    if environment not in _ENVIRONMENTS:
        raise _refuse("TONGBAN_ENVIRONMENT", environment, "demo, test, production")
    data_dir = Path(environ.get("TONGBAN_DATA", "var")).absolute()
    web_port, gateway_port = _port(environ, "TONGBAN_WEB_PORT", 8000), _port(environ, "TONGBAN_GATEWAY_PORT", 8100)
    secrets = load_secrets(data_dir / "secrets", may_create=environment != "production")
    database_url = environ.get("DATABASE_URL") or embedded_url(data_dir, "tongban", secrets.database_password)
    gateway_url = environ.get("TONGBAN_GATEWAY_DATABASE_URL") or (
        environ.get("DATABASE_URL") or embedded_url(data_dir, "tongban_gateway", secrets.gateway_database_password)
    )
    settings = Settings(
        environment=environment,
        data_dir=data_dir,
        packs_dir=Path(environ.get("TONGBAN_PACKS", _default_packs_dir())).absolute(),
        pack=environ.get("TONGBAN_PACK", "yunzhou"),
        database_url=database_url,
        gateway_database_url=gateway_url,
        web_host=environ.get("TONGBAN_WEB_HOST", "127.0.0.1"),
        web_port=web_port,
        web_url=_web_url(environ, data_dir, web_port),
        gateway_port=gateway_port,
        gateway_url=environ.get("TONGBAN_GATEWAY_URL", f"http://127.0.0.1:{gateway_port}").rstrip("/"),
        mail_url=environ.get("TONGBAN_MAIL_URL", "file:"),
        trusted_proxies=_count(environ, "TONGBAN_TRUSTED_PROXIES"),
        log_level=environ.get("TONGBAN_LOG_LEVEL", "info"),
        secrets=secrets,
    )
    _refuse_unsafe(settings, environ)
    return settings


@cache
def current() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)


def embedded_url(data_dir: Path, role: str, password: str) -> str:
    """Connection address of the embedded server: its socket folder is written beside the data by its supervisor."""
    marker = data_dir / "postgres.socket"
    folder = marker.read_text(encoding="utf-8").strip() if marker.exists() else str(data_dir / "run")
    return f"postgresql://{role}:{quote(password, safe='')}@/tongban?host={quote(folder, safe='')}"


def _web_url(environ: Mapping[str, str], data_dir: Path, web_port: int) -> str:
    """The address people use. A command beside a running demo finds it where the demo wrote it."""
    marker = data_dir / WEB_URL_MARKER
    if not (environ.get("TONGBAN_WEB_URL") or environ.get("TONGBAN_WEB_PORT")) and marker.exists():
        return marker.read_text(encoding="utf-8").strip()
    return environ.get("TONGBAN_WEB_URL", f"http://127.0.0.1:{web_port}").rstrip("/")


def _default_packs_dir() -> str:
    beside_source = Path(__file__).resolve().parents[3] / "packs"
    return str(beside_source if beside_source.is_dir() else Path("packs"))


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise _refuse(name, text, "1–65535")
    return int(text)


def _count(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(name, "0")
    if not (text.isascii() and text.isdigit() and int(text) <= 9):
        raise _refuse(name, text, "0–9")
    return int(text)


def _refuse_unsafe(settings: Settings, environ: Mapping[str, str]) -> None:
    if not settings.is_production:
        return
    if not environ.get("DATABASE_URL"):
        raise _refuse("DATABASE_URL", "", "postgresql://…")
    if not settings.web_url.startswith("https://"):
        raise _refuse("TONGBAN_WEB_URL", settings.web_url, "https://…")


def _refuse(name: str, value: str, allowed: str) -> SettingsRefused:
    return SettingsRefused(
        Text(zh=f"设置 {name} 不能是“{value}”", en=f"The setting {name} cannot be “{value}”"),
        remedy=Text(zh=f"请设为：{allowed}", en=f"Set it to: {allowed}"),
        setting=name,
    )

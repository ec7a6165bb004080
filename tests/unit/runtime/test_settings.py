"""Settings are read once, and unsafe ones are refused with a remedy."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tongban.runtime import secret_files, settings


def read(tmp_path: Path, **environ: str) -> settings.Settings:
    return settings.read_settings({"TONGBAN_DATA": str(tmp_path), **environ})


def test_the_defaults_serve(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.environment, found.web_port, found.gateway_port, found.pack) == ("demo", 8000, 8100, "yunzhou")
    assert found.database_url.startswith("postgresql://tongban:")


def test_secrets_are_private_and_stay(tmp_path: Path) -> None:
    first, second = read(tmp_path).secrets, read(tmp_path).secrets
    assert first == second
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}


def test_of_many_makers_one_wins(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _n: secret_files.read_or_make(tmp_path / "k", secret_files._token, True), range(16)))
    assert len(made) == 1


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.secrets.secret_key not in repr(found.secrets)
    assert found.secrets.secret_key not in str(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TONGBAN_ENVIRONMENT", "staging"),
        ("TONGBAN_WEB_PORT", "0"),
        ("TONGBAN_GATEWAY_PORT", "x"),
        ("TONGBAN_WEB_PORT", "٣"),
    ],
)
def test_an_impossible_value_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(settings.SettingsRefused) as caught:
        read(tmp_path, **{name: value})
    assert name in caught.value.message.en


def test_production_invents_no_keys(tmp_path: Path) -> None:
    with pytest.raises(secret_files.SecretMissing):
        read(tmp_path, TONGBAN_ENVIRONMENT="production", DATABASE_URL="postgresql://x/y")


@pytest.mark.parametrize(
    "environ",
    [{"TONGBAN_WEB_URL": "https://x"}, {"DATABASE_URL": "postgresql://x/y"}],
    ids=["without a database", "without https"],
)
def test_production_refuses_what_is_unsafe(tmp_path: Path, environ: dict[str, str]) -> None:
    read(tmp_path)
    with pytest.raises(settings.SettingsRefused):
        read(tmp_path, TONGBAN_ENVIRONMENT="production", **environ)


def test_a_command_beside_a_demo_names_the_demo_s_address(tmp_path: Path) -> None:
    (tmp_path / settings.WEB_URL_MARKER).write_text("http://127.0.0.1:8123\n", encoding="utf-8")
    beside = {"TONGBAN_DATA": str(tmp_path)}
    assert settings.read_settings(beside).web_url == "http://127.0.0.1:8123"
    assert settings.read_settings({**beside, "TONGBAN_WEB_PORT": "8200"}).web_url == "http://127.0.0.1:8200"
    assert settings.read_settings({**beside, "TONGBAN_WEB_URL": "https://a.example/"}).web_url == "https://a.example"

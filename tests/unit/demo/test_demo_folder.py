"""The demo's data folder: one demo at a time, remembered steps, and a careful new start."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from tongban.assembly.demo.console import Console
from tongban.assembly.demo.folder import DemoFolder, DemoRuns, fingerprint
from tongban.assembly.demo.run import Options, PortTaken, run
from tongban.kernel.errors import Invalid
from tongban.runtime.postgres import EmbeddedPostgres


class NoServer:
    """Stands where no cluster was ever made."""

    def remove(self) -> None:
        """There is nothing to remove."""


NO_SERVER = cast(EmbeddedPostgres, NoServer())


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        yield taken.getsockname()[1]


def options(folder: Path, **changes: object) -> Options:
    known: dict[str, object] = {
        "data_dir": folder,
        "web_port": 1,
        "gateway_port": 2,
        "persons": None,
        "web_workers": 1,
        "is_fresh": False,
    }
    return Options(**(known | changes))  # type: ignore[arg-type]


def test_a_folder_is_held_by_one_demo(tmp_path: Path) -> None:
    holder = DemoFolder(tmp_path)
    holder.hold()
    with pytest.raises(DemoRuns) as refused:
        DemoFolder(tmp_path).hold()
    assert "--data" in refused.value.remedy.en


def test_starting_over_empties_our_folder(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.hold()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "upload").write_text("x")
    (tmp_path / "later-owner.json").write_text("{}")
    folder.erase(NO_SERVER)
    assert {path.name for path in tmp_path.iterdir()} == {"demo.lock", "tongban-data"}


def test_starting_over_in_somebody_s_folder_deletes_only_what_the_demo_made(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    folder = DemoFolder(tmp_path)
    folder.hold()
    (tmp_path / "departments").mkdir()
    folder.erase(NO_SERVER)
    assert {path.name for path in tmp_path.iterdir()} == {"demo.lock", "thesis.txt"}


def test_a_linked_folder_is_unlinked_not_emptied(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("x")
    data = tmp_path / "data"
    folder = DemoFolder(data)
    folder.hold()
    (data / "files").symlink_to(elsewhere)
    folder.erase(NO_SERVER)
    assert (elsewhere / "kept").exists()
    assert not (data / "files").exists()


def test_done_steps_are_remembered(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    assert folder.done() == {}
    folder.note_done("pack", "a")
    folder.note_done("persons", "20")
    folder.note_done("pack", "b")
    assert folder.done() == {"pack": "b", "persons": "20"}


def test_a_fingerprint_follows_content_and_names(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("1")
    first = fingerprint([tmp_path])
    assert fingerprint([tmp_path]) == first
    assert fingerprint([tmp_path], "elsewhere") != first
    (tmp_path / "a.yaml").write_text("2")
    assert fingerprint([tmp_path]) != first
    (tmp_path / "a.yaml").write_text("1")
    (tmp_path / "a.yaml").rename(tmp_path / "b.yaml")
    assert fingerprint([tmp_path]) != first


def test_a_port_in_use_is_named_with_its_option(tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(PortTaken) as refused:
        run(options(tmp_path, web_port=taken_port), Console())
    assert str(taken_port) in refused.value.message.en
    assert "--port" in refused.value.remedy.en
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        run(options(tmp_path, gateway_port=70000, web_port=0), Console())

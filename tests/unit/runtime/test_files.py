"""The file store and the recognition of files by their bytes."""

import contextlib
import io
import os
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tongban.runtime.file_types import MAX_BYTES, FileRefused, inspect
from tongban.runtime.files import FileMissing, FileSpoilt, FileStore

KEY = bytes(range(32))
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n42\n%%EOF\n"


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (11, 90, 117)).save(out, kind)
    return out.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        inspect(data)
    assert caught.value.remedy.zh
    assert caught.value.remedy.en
    return str(caught.value.details["reason"])


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (PDF, "application/pdf"),
        (archive({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<x/>"}), "application/ofd"),
    ],
)
def test_a_file_is_known_by_its_bytes(data: bytes, content_type: str) -> None:
    assert inspect(data).content_type == content_type


def test_a_progressive_picture_with_several_scans_is_taken_whole() -> None:
    out = io.BytesIO()
    Image.effect_mandelbrot((200, 150), (-2, -1.5, 1, 1.5), 50).convert("RGB").save(out, "JPEG", progressive=True)
    assert inspect(out.getvalue()).data == out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_follows_the_end_of_a_picture_is_cut_off(kind: str) -> None:
    clean = picture(kind)
    assert inspect(clean + archive({"x.exe": b"MZ"})).data == clean


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" * 40, "unknown-type"),
        (b"<html><script>alert(1)</script>", "unknown-type"),
        (b"GIF89a" + b"\0" * 40, "unknown-type"),
        (archive({"readme.txt": b"hello"}), "unknown-type"),
        (picture("PNG")[:-20], "broken"),
        (picture("JPEG")[:-2], "broken"),
        (PDF[:60], "broken"),
        (PDF + archive({"a": b"b"}), "two-types"),
        (picture("JPEG")[:2] + b"\xff\xfe\x00\x10%PDF-1.7 hello" + picture("JPEG")[2:], "two-types"),
        (PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "active"),
        (PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /J#61vaScript >>"), "active"),
        (PDF.replace(b"/Catalog", b"/Catalog /Names << /EmbeddedFiles 3 0 R >>"), "active"),
        (PDF.replace(b"trailer", b"trailer << /Encrypt 5 0 R >>"), "encrypted"),
        (archive({"OFD.xml": b"<x/>", "../../etc/passwd": b"x"}), "broken"),
        (archive({"OFD.xml": b"\0" * 50_000_000}), "bomb"),
    ],
)
def test_what_may_not_be_kept_is_refused_with_a_reason(data: bytes, why: str) -> None:
    assert reason(data) == why


def test_a_script_packed_in_an_object_stream_is_found() -> None:
    packed = zlib.compress(b"<< /S /JavaScript /JS (x) >>")
    stream = b"2 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream\nendobj\n"
    assert reason(PDF.replace(b"xref\n", stream + b"xref\n", 1)) == "active"


def test_a_bomb_packed_in_an_object_stream_is_refused() -> None:
    packed = zlib.compress(b"\0" * 300_000_000, 9)
    stream = b"2 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream\nendobj\n"
    assert reason(PDF.replace(b"xref\n", stream + b"xref\n", 1)) == "bomb"


def test_too_large_and_too_many_pixels_are_refused() -> None:
    assert reason(b"\xff\xd8\xff" + b"\0" * MAX_BYTES) == "too-large"
    small = picture("PNG")
    header = b"IHDR" + struct.pack(">II", 60_000, 60_000) + small[24:29]
    huge = small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]
    assert reason(huge) == "too-many-pixels"


@given(st.sampled_from([picture("PNG"), picture("JPEG"), PDF]), st.data())
def test_spoilt_bytes_are_taken_or_refused_but_never_crash(base: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(base) - 1))
    patch = data.draw(st.binary(max_size=30))
    spoilt = base[:at] + patch + base[at + data.draw(st.integers(0, 20)) :]
    with contextlib.suppress(FileRefused):
        assert inspect(spoilt).data


@given(
    head=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-", b"PK\x03\x04", b""]),
    rest=st.binary(max_size=200),
)
def test_arbitrary_bytes_never_crash(head: bytes, rest: bytes) -> None:
    with contextlib.suppress(FileRefused):
        inspect(head + rest)


def test_kept_bytes_come_back_and_are_sealed_at_rest(tmp_path) -> None:
    store = FileStore(tmp_path, KEY)
    digest = store.put(b"household register")
    assert store.get(digest) == b"household register"
    assert store.put(b"household register") == digest
    kept = list(tmp_path.rglob("*"))
    files = [path for path in kept if path.is_file()]
    assert len(files) == 1
    assert b"household" not in files[0].read_bytes()
    assert files[0].stat().st_mode & 0o077 == 0


def test_a_changed_file_another_key_or_a_strange_name_is_refused(tmp_path) -> None:
    store = FileStore(tmp_path, KEY)
    digest = store.put(b"abc")
    with pytest.raises(FileSpoilt):
        FileStore(tmp_path, bytes(32)).get(digest)
    path = next(p for p in tmp_path.rglob(digest))
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(FileSpoilt):
        store.get(digest)
    for name in ("../../etc/passwd", "0" * 64, ""):
        with pytest.raises(FileMissing):
            store.get(name)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch) -> None:
    store = FileStore(tmp_path, KEY)
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "no space left")))
    with pytest.raises(OSError, match="no space"):
        store.put(b"abc")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

"""What an uploaded file really is, by its bytes: pictures, PDF and OFD; anything else, or anything active, is refused.

The name and the browser's content type are never believed. A file that is two things at once is refused, and what
follows the end of a picture is cut off, so that nothing rides along.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tongban.kernel.errors import Invalid, Text

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 100_000_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 2_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_ZIP = b"PK\x03\x04"
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm")
"""Names looked for in every byte; the short ones would be found by chance in packed data, so only outside it."""
_ACTIVE_SHORT = re.compile(rb"/(JS|XFA)(?![A-Za-z0-9])")
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")


class FileRefused(Invalid):
    """An upload that is not kept, with what the person can do instead."""

    code = "file-refused"


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept: its real type, the usual extension, and the bytes to keep."""

    content_type: str
    extension: str
    data: bytes


def inspect(data: bytes) -> Inspected:
    """The real type of an upload. Raises: FileRefused for what is empty, too large, unknown, broken or active."""
    if not data:
        raise _refused("empty", "文件是空的", "The file is empty", "请重新选择文件。", "Choose the file again.")
    if len(data) > MAX_BYTES:
        raise too_large()
    if data.startswith(_PNG):
        return Inspected("image/png", "png", _only_picture(_png(data)))
    if data.startswith(_JPEG):
        return Inspected("image/jpeg", "jpg", _only_picture(_jpeg(data)))
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        return Inspected("application/pdf", "pdf", data)
    if data.startswith(_ZIP):
        _check_ofd(data)
        return Inspected("application/ofd", "ofd", data)
    raise _refused(
        "unknown-type",
        "这种文件不能收",
        "This kind of file cannot be taken",
        "请传照片（JPG、PNG）或 PDF、OFD 文件；苹果手机的 HEIC 照片请先转成 JPG。",
        "Upload a photo (JPG, PNG), a PDF or an OFD file; turn an iPhone HEIC photo into JPG first.",
    )


def too_large() -> FileRefused:
    """The refusal of a file over the limit. Units: MAX_BYTES."""
    return _refused(
        "too-large",
        "文件超过 20 MB",
        "The file is larger than 20 MB",
        "请压缩后再传，或分成几份。",
        "Make it smaller, or split it into several files.",
    )


def _refused(reason: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> FileRefused:
    return FileRefused(Text(zh=zh, en=en), remedy=Text(zh=remedy_zh, en=remedy_en), reason=reason)


def _broken() -> FileRefused:
    return _refused(
        "broken",
        "文件不完整，打不开",
        "The file is broken and cannot be opened",
        "请重新拍照或另存后再传。",
        "Take the photo again, or save the file anew and upload that.",
    )


def _only_picture(data: bytes) -> bytes:
    if b"%PDF-" in data[:1024] or b"<script" in data[:4096].lower() or b"<html" in data[:4096].lower():
        raise _refused(
            "two-types",
            "文件里夹着别的内容",
            "The file carries something else inside",
            "请重新拍照后再传。",
            "Take the photo again and upload that.",
        )
    return data


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise _broken()
    if width * height > MAX_PIXELS:
        raise _refused(
            "too-many-pixels",
            "照片尺寸太大",
            "The picture has too many pixels",
            "请缩小到 1 亿像素以内再传。",
            "Reduce it to under 100 million pixels.",
        )


def _png(data: bytes) -> bytes:
    """The bytes up to the end of the picture, every chunk complete and unspoilt."""
    at, seen_header, seen_data = len(_PNG), False, False
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != struct.unpack(">I", data[end - 4 : end])[0]:
            raise _broken()
        if kind == b"IHDR" and length == 13:
            _check_size(*struct.unpack(">II", data[at + 8 : at + 16]))
            seen_header = True
        seen_data = seen_data or kind == b"IDAT"
        at = end
        if kind == b"IEND":
            if not (seen_header and seen_data):
                raise _broken()
            return data[:at]
    raise _broken()


def _jpeg(data: bytes) -> bytes:
    """The bytes up to the end-of-image marker, each segment within the file."""
    at, seen_frame = 2, False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise _broken()
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if length < 2 or at + 2 + length > len(data):
            raise _broken()
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC} and length >= 8:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            _check_size(width, height)
            seen_frame = True
        at += 2 + length
        if marker == 0xDA:
            at = _after_scan(data, at)
            if data[at + 1] == 0xD9:
                if not seen_frame:
                    raise _broken()
                return data[: at + 2]
    raise _broken()


_SCAN_END = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


def _after_scan(data: bytes, at: int) -> int:
    """Where the marker after entropy-coded data starts (stuffed zeros and restarts are part of the data)."""
    found = _SCAN_END.search(data, at)
    if found is None:
        raise _broken()
    return found.start()


def _check_pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-2048:] or b"startxref" not in data[-4096:]:
        raise _broken()
    if data.find(_ZIP + b"\x14") != -1 and data.rfind(b"PK\x05\x06") != -1:
        raise _refused(
            "two-types",
            "PDF 里夹着压缩包",
            "The PDF carries an archive inside",
            "请重新“打印为 PDF”后再传。",
            "Print it to PDF again and upload that.",
        )
    if b"/Encrypt" in data:
        raise _refused(
            "encrypted",
            "PDF 加了密码",
            "The PDF is locked with a password",
            "请去掉密码后再传。",
            "Remove the password and upload it again.",
        )
    plain = _named(data)
    if any(name in plain for name in _ACTIVE) or any(_is_active(part) for part in _pdf_parts(data)):
        raise _refused(
            "active",
            "PDF 里有脚本或附件",
            "The PDF holds a script or an attachment",
            "请重新“打印为 PDF”后再传。",
            "Print it to PDF again and upload that.",
        )


def _named(part: bytes) -> bytes:
    """The bytes with the #xx escapes of PDF names resolved."""
    return _ESCAPED_NAME.sub(lambda match: bytes([int(match[1], 16)]), part)


def _is_active(part: bytes) -> bool:
    named = _named(part)
    return _ACTIVE_SHORT.search(named) is not None or any(name in named for name in _ACTIVE)


def _pdf_parts(data: bytes) -> Iterator[bytes]:
    """The objects of a PDF outside its streams, and its unpacked object streams, within MAX_UNPACKED in all."""
    left, at = MAX_UNPACKED, 0
    for match in _STREAM.finditer(data):
        if match.start() < at:
            continue
        head = data[at : match.start()]
        yield head
        end = data.find(b"endstream", match.end())
        at = len(data) if end == -1 else end
        if b"/ObjStm" in head[-512:]:
            unpacked = _inflate(data[match.end() : at], left)
            left -= len(unpacked)
            yield unpacked
    yield data[at:]


def _inflate(packed: bytes, limit: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        unpacked = engine.decompress(packed, limit)
    except zlib.error:
        return packed
    if engine.unconsumed_tail:
        raise _bomb()
    return unpacked


def _bomb() -> FileRefused:
    return _refused(
        "bomb",
        "文件解开后大得不正常",
        "The file unpacks to an abnormal size",
        "请用原来的软件重新导出后再传。",
        "Export it again from its program and upload that.",
    )


def _check_ofd(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            total = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or total > MAX_UNPACKED or total > MAX_RATIO * len(data):
                raise _bomb()
            names = [member.filename for member in members]
            if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
                raise _broken()
            if "OFD.xml" not in names:
                raise _refused(
                    "unknown-type",
                    "压缩包不能收",
                    "An archive cannot be taken",
                    "请解压后把照片或 PDF 一份一份传上来。",
                    "Unpack it and upload each photo or PDF.",
                )
            for member in members:
                _read_member(archive, member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _broken() from error


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read a member to its end: its checksum and declared size must be true."""
    read = 0
    with archive.open(member) as stream:
        while chunk := stream.read(1 << 16):
            read += len(chunk)
            if read > member.file_size:
                raise _bomb()
    if member.filename.lower().endswith((".js", ".exe", ".bat", ".vbs", ".html", ".htm")):
        raise _refused(
            "active", "OFD 里有脚本", "The OFD holds a script", "请重新导出后再传。", "Export it again and upload that."
        )

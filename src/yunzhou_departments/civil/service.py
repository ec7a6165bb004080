"""The bureau's operations: marriages (HyService), disability, assistance and appointed guardians (JzService)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from lxml import etree

from tongban.kernel.clock import CITY_ZONE, utc_now
from yunzhou_departments.civil.store import FILE
from yunzhou_departments.service import Reply, Store

_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_MZ = "http://mz.yunzhou.example/ws"


class CivilService:
    """Replies are GBK; characters that GBK lacks go out as character references."""

    key_header: ClassVar[str] = "X-MZ-AppKey"

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / FILE)
        self._operations: Mapping[tuple[str, str], Callable[[str, etree._Element], str]] = {
            ("/mzws/services/HyService", "queryHydj"): self._marriage,
            ("/mzws/services/JzService", "queryCjr"): self._disability,
            ("/mzws/services/JzService", "queryJz"): self._assistance,
            ("/mzws/services/JzService", "queryJhr"): self._appointment,
        }

    def answer(self, path: str, body: bytes) -> Reply:
        """The operation's answer in its envelope, or a fault."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError:
            return _fault("MZ-100", "报文不是有效的XML")
        called = root.find(f"{{{_SOAP}}}Body/*")
        name = "" if called is None else etree.QName(called).localname
        operation = self._operations.get((path, name))
        if called is None or operation is None:
            return _fault("MZ-101", "没有这个操作")
        number = (called.findtext(f"{{{_MZ}}}sfzh") or "").strip()
        if not _NUMBER.fullmatch(number):
            return _fault("MZ-102", "身份证号格式不正确")
        return _envelope(f"<mz:{name}Response><return>{operation(number, called)}</return></mz:{name}Response>")

    def refuse_key(self) -> Reply:
        """The caller is not known."""
        return _fault("MZ-401", "接入密钥无效")

    def fail(self) -> Reply:
        """The database behind does not answer."""
        return _fault("MZ-900", "数据库连接失败")

    def _marriage(self, number: str, _called: etree._Element) -> str:
        rows = self._store.rows(
            "SELECT * FROM hydj WHERE nansfz = ?1 OR nvsfz = ?1 ORDER BY djrq DESC LIMIT 1", (number,)
        )
        if not rows:
            asked_at = utc_now().astimezone(CITY_ZONE)
            return _record("HYDJ", {"HYZT": "0", "GXSJ": f"{asked_at:%Y-%m-%dT%H:%M:%S}"})
        row = rows[0]
        side = "nv" if row["nansfz"] == number else "nan"
        facts: dict[str, Any] = {"HYZT": row["zt"]}
        if row["zt"] == "1":
            facts["POXX"] = {"XM": row[f"{side}xm"], "SFZH": row[f"{side}sfz"]}
        ended = row["zt"] == "2"
        facts |= {"DJRQ": row["bgrq"] if ended else row["djrq"], "DJJG": row["djjg"]}
        facts |= {"ZZH": row["zzh"].replace("J", "L", 1) if ended else row["zzh"], "GXSJ": row["gxsj"]}
        return _record("HYDJ", facts)

    def _disability(self, number: str, _called: etree._Element) -> str:
        rows = self._store.rows("SELECT * FROM cjr WHERE sfzh = ?", (number,))
        return "".join(
            _record("CJR", {key.upper(): value for key, value in row.items() if key != "sfzh"}) for row in rows[:1]
        )

    def _appointment(self, number: str, called: etree._Element) -> str:
        """The running appointment of one guardian for one ward; all three facts have to fit."""
        wanted = [(called.findtext(f"{{{_MZ}}}{name}") or "").strip() for name in ("xm", "jhrsfzh")]
        rows = self._store.rows(
            "SELECT lx, wsh, zdrq, gxsj FROM jhr WHERE bjhrsfz = ? AND bjhrxm = ? AND jhrsfz = ? AND zt = '1'",
            (number, *wanted),
        )
        return "".join(_record("JHR", {key.upper(): value for key, value in row.items()}) for row in rows[:1])

    def _assistance(self, number: str, _called: etree._Element) -> str:
        rows = self._store.rows("SELECT * FROM jz WHERE sfzh = ? ORDER BY qsrq", (number,))
        return "".join(
            _record("JZ", {key.upper(): value for key, value in row.items() if key != "sfzh"}) for row in rows
        )


def _record(name: str, facts: Mapping[str, Any]) -> str:
    inner = "".join(
        _record(key, value) if isinstance(value, Mapping) else f"<{key}>{escape(str(value))}</{key}>"
        for key, value in facts.items()
    )
    return f"<{name}>{inner}</{name}>"


def _envelope(content: str, status: int = 200) -> Reply:
    text = (
        f'<?xml version="1.0" encoding="GBK"?>\n<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns:mz="{_MZ}">'
        f"<soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    )
    return Reply(status, "text/xml; charset=GBK", text.encode("gbk", "xmlcharrefreplace"))


def _fault(code: str, message: str) -> Reply:
    return _envelope(
        f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{message}</faultstring></soapenv:Fault>", 500
    )

"""The bureau's transactions: 1101 insured person, 5301 birth certificates, 5203 unsettled fees, 5304 filings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from yunzhou_departments.medical.store import FILE
from yunzhou_departments.service import Reply, Store

_CERTIFICATE = re.compile(r"[0-9]{17}[0-9X]")


class MedicalService:
    """Every reply is HTTP 200; whether it is a success says ``code`` in the envelope."""

    key_header: ClassVar[str] = "X-YB-Key"

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / FILE)
        self._transactions: Mapping[str, tuple[str, str, Callable[[str], dict[str, Any]]]] = {
            "/hsa/fixmed/1101": ("1101", "certno", self._insured),
            "/hsa/birth/5301": ("5301", "prnt_certno", self._births),
            "/hsa/fee/5203": ("5203", "certno", self._fees),
            "/hsa/outmed/5304": ("5304", "certno", self._filings),
        }

    def answer(self, path: str, body: bytes) -> Reply:
        """The transaction's data in the envelope, or a code that says what is wrong."""
        transaction = self._transactions.get(path)
        if transaction is None:
            return _envelope("E1001", "交易不存在")
        number, parameter, find = transaction
        try:
            request = json.loads(body)
            given, certificate = request["infno"], request["input"][parameter]
        except (ValueError, KeyError, TypeError):
            return _envelope("E2001", "报文格式错误")
        if given != number:
            return _envelope("E2003", "交易编号与地址不符")
        if not isinstance(certificate, str) or not _CERTIFICATE.fullmatch(certificate):
            return _envelope("E2002", "证件号码格式错误")
        return _envelope("0", "成功", find(certificate))

    def refuse_key(self) -> Reply:
        """The caller is not known."""
        return _envelope("E1003", "接入方未授权")

    def fail(self) -> Reply:
        """The core system does not answer."""
        return _envelope("E9999", "核心系统繁忙，请稍后再试")

    def _insured(self, certificate: str) -> dict[str, Any]:
        rows = self._store.rows("SELECT * FROM psn WHERE certno = ?", (certificate,))
        if not rows:
            return {"psninfo": None}
        row = dict(rows[0])
        account = {"balc": _yuan(row.pop("balc")), "fml_flag": row.pop("fml_flag")}
        return {"psninfo": {**row, "fund_pay_year": _yuan(row["fund_pay_year"]), "acct": account}}

    def _births(self, certificate: str) -> dict[str, Any]:
        query = "SELECT * FROM brth WHERE mthr_certno = ?1 OR fthr_certno = ?1 ORDER BY brth_time DESC"
        return {
            "brthlist": [
                {
                    "brth_cert_no": row["brth_cert_no"], "nwb_name": "", "nwb_gend": row["nwb_gend"],
                    "brth_time": row["brth_time"], "medins_name": row["medins_name"], "nwb_wt": row["nwb_wt"],
                    "mthr": {"name": row["mthr_name"], "certno": row["mthr_certno"]},
                    "fthr": {"name": row["fthr_name"], "certno": row["fthr_certno"]},
                    "updt_time": row["updt_time"],
                }
                for row in self._store.rows(query, (certificate,))
            ]
        }  # fmt: skip

    def _fees(self, certificate: str) -> dict[str, Any]:
        rows = self._store.rows("SELECT * FROM fee WHERE certno = ? ORDER BY begntime DESC", (certificate,))
        return {
            "feelist": [
                {
                    **row, "medfee_sumamt": _yuan(row["medfee_sumamt"]), "psn_cash_pay": _yuan(row["medfee_sumamt"]),
                    "inscp_amt": _yuan(row["inscp_amt"]),
                }
                for row in rows
            ]
        }  # fmt: skip

    def _filings(self, certificate: str) -> dict[str, Any]:
        return {
            "outlist": self._store.rows("SELECT * FROM outm WHERE certno = ? ORDER BY begndate DESC", (certificate,))
        }


def _envelope(code: str, message: str, data: dict[str, Any] | None = None) -> Reply:
    text = json.dumps({"code": code, "msg": message, "data": data}, ensure_ascii=False)
    return Reply(200, "application/json; charset=UTF-8", text.encode())


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"

"""The nightly files: a title line, a header line, the rows, and a trailer that counts them.

A file appears under its name only when it is whole: it is written beside, flushed to the disk, and renamed.
"""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from yunzhou_departments.fund.store import FILE

FOLDER = Path("housing-fund") / "drop"
ENCODING = "gb18030"
TRAILER = "#END"
KEPT = 3
ACCOUNT_COLUMNS = (
    "个人账号", "姓名", "身份证号码", "单位名称", "月缴存额",
    "账户余额", "账户状态", "开户日期", "缴至年月", "贷款余额",
)  # fmt: skip
LOAN_COLUMNS = ("借款合同号", "姓名", "身份证号码", "贷款金额", "贷款余额", "月还款额", "房屋坐落", "放款日期")


def write(folder: Path, day: date) -> list[Path]:
    """Both files of a day, from the centre's own data; older ones beyond the last three days are removed."""
    source = folder / FILE
    if not source.is_file():
        raise FileNotFoundError(f"{source}: not there; populate first")
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        accounts = (
            (*row[:4], _yuan(row[4]), _yuan(row[5]), *row[6:9], _yuan(row[9]))
            for row in connection.execute("SELECT * FROM zh")
        )
        loans = (
            (*row[:3], _yuan(row[3]), _yuan(row[4]), _yuan(row[5]), *row[6:])
            for row in connection.execute("SELECT * FROM dk")
        )
        written = [
            _file(target / f"GJJ_ZHXX_{day:%Y%m%d}.csv", "个人账户信息", day, ACCOUNT_COLUMNS, accounts),
            _file(target / f"GJJ_DKXX_{day:%Y%m%d}.csv", "个人贷款信息", day, LOAN_COLUMNS, loans),
        ]
    for pattern in ("GJJ_ZHXX_*.csv", "GJJ_DKXX_*.csv"):
        for old in sorted(target.glob(pattern))[:-KEPT]:
            old.unlink(missing_ok=True)
    return written


def _file(path: Path, title: str, day: date, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Path:
    part = path.with_name(f".{path.name}.part")
    count = 0
    with part.open("w", encoding=ENCODING, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(["云州市住房公积金管理中心", title, f"{day:%Y%m%d}", "V2.1"])
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
        writer.writerow([TRAILER, count])
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"

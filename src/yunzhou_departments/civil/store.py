"""What the civil affairs bureau keeps in its own file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from yunzhou_departments.discrepancies import CIVIL, Held
from yunzhou_departments.population.build import Population
from yunzhou_departments.service import write_store
from yunzhou_departments.tables import Updates

FILE = Path("civil-affairs") / "data.sqlite"


def write(folder: Path, population: Population, held: Held) -> None:
    """Write the bureau's file."""
    write_store(
        folder / FILE,
        {
            "hydj": ("zzh, nanxm, nansfz, nvxm, nvsfz, djrq, djjg, zt, bgrq, gxsj", _marriages(population, held)),
            "cjr": ("zh, sfzh, lb, dj, fzrq, yxqz, bt, gxsj", _disabilities(population)),
            "jhr": ("bjhrxm, bjhrsfz, jhrsfz, lx, wsh, zdrq, zt, gxsj", _appointments(population)),
            "jz": ("sfzh, lb, zt, ybz, qsrq, gxsj", _assistance(population)),
        },
        (
            "CREATE INDEX hydj_nan ON hydj (nansfz)",
            "CREATE INDEX hydj_nv ON hydj (nvsfz)",
            "CREATE INDEX cjr_sfzh ON cjr (sfzh)",
            "CREATE INDEX jhr_bjhrsfz ON jhr (bjhrsfz)",
            "CREATE INDEX jz_sfzh ON jz (sfzh)",
        ),
    )


def chinese(day: date) -> str:
    """A date as this bureau writes it."""
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def _marriages(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "marriages", population.as_of)
    for marriage in population.marriages:
        husband, wife = marriage.husband, marriage.wife
        latest = marriage.ended_date or marriage.registered_date
        yield (
            marriage.certificate_number,
            husband.name,
            husband.id_number,
            wife.name,
            held.value(CIVIL, husband, "spouse_id_number", wife.id_number),
            chinese(marriage.registered_date),
            marriage.office,
            marriage.end,
            chinese(latest),
            updates.moment(within_days=1500, not_before=latest).isoformat(timespec="seconds"),
        )


def _disabilities(population: Population) -> Iterator[tuple[Any, ...]]:
    for found in population.disabilities:
        issued = found.issued_date
        ends = issued.replace(year=issued.year + 10, day=min(issued.day, 28))
        yield (
            f"{found.person.id_number}{found.category}{found.grade}",
            found.person.id_number,
            found.category,
            found.grade,
            chinese(issued),
            chinese(ends),
            found.allowance,
            f"{issued.isoformat()}T15:30:00",
        )


def _appointments(population: Population) -> Iterator[tuple[Any, ...]]:
    for found in population.appointments:
        yield (
            found.ward.name,
            found.ward.id_number,
            found.guardian.id_number,
            found.kind,
            found.document,
            chinese(found.decided_date),
            "1",
            f"{found.decided_date.isoformat()}T10:20:00",
        )


def _assistance(population: Population) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "assistance", population.as_of)
    for found in population.assistance:
        moment = updates.moment(within_days=200)
        yield (
            found.person.id_number,
            found.kind,
            found.status,
            f"{found.amount}.00",
            chinese(found.since_date),
            moment.isoformat(timespec="seconds"),
        )

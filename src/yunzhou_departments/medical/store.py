"""What the medical insurance bureau keeps in its own file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yunzhou_departments.discrepancies import MEDICAL, Held
from yunzhou_departments.population.build import Population
from yunzhou_departments.service import write_store
from yunzhou_departments.tables import Updates

FILE = Path("medical-insurance") / "data.sqlite"
_MOMENT = "%Y-%m-%d %H:%M:%S"


def write(folder: Path, population: Population, held: Held) -> None:
    """Write the bureau's file."""
    write_store(
        folder / FILE,
        {
            "psn": (
                "psn_no, certno, psn_name, gend, brdy, insutype, psn_insu_stas, insuplc_admdvs, ecard_no, "
                "fund_pay_year, balc, fml_flag, rid, updt_time",
                _insured(population, held),
            ),
            "brth": (
                "brth_cert_no, nwb_gend, brth_time, medins_name, nwb_wt, mthr_name, mthr_certno, fthr_name, "
                "fthr_certno, updt_time",
                _births(population),
            ),
            "fee": (
                "mdtrt_id, certno, med_type, medins_name, medins_place, begntime, endtime, medfee_sumamt, inscp_amt, "
                "elec_bill_no, updt_time",
                _fees(population),
            ),
            "outm": ("rid, certno, out_type, out_place, begndate, enddate, vali_flag, updt_time", _filings(population)),
        },
        (
            "CREATE INDEX psn_certno ON psn (certno)",
            "CREATE INDEX brth_mthr ON brth (mthr_certno)",
            "CREATE INDEX brth_fthr ON brth (fthr_certno)",
            "CREATE INDEX fee_certno ON fee (certno)",
            "CREATE INDEX outm_certno ON outm (certno)",
        ),
    )


def _insured(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "medical", population.as_of)
    for coverage in population.coverages:
        person = coverage.person
        yield (
            f"99{person.index + 1:012d}",
            person.id_number,
            held.value(MEDICAL, person, "name", person.name),
            person.sex,
            held.value(MEDICAL, person, "birth_date", person.birth_date.isoformat()),
            coverage.scheme,
            coverage.status,
            coverage.place,
            coverage.card_number,
            coverage.fund_paid,
            coverage.account_balance,
            "1" if coverage.has_family_account else "0",
            f"R{person.index + 1:010d}-{1 + person.index % 4}",
            updates.moment(within_days=500).strftime(_MOMENT),
        )


def _births(population: Population) -> Iterator[tuple[Any, ...]]:
    for birth in population.births:
        yield (
            birth.certificate_number,
            birth.sex,
            birth.born_at.strftime("%Y-%m-%d %H:%M"),
            birth.hospital,
            birth.weight,
            birth.mother.name,
            birth.mother.id_number,
            birth.father.name,
            birth.father.id_number,
            birth.born_at.replace(hour=23, minute=50).strftime(_MOMENT),
        )


def _fees(population: Population) -> Iterator[tuple[Any, ...]]:
    for visit in population.visits:
        yield (
            visit.number,
            visit.person.id_number,
            visit.kind,
            visit.hospital,
            visit.place,
            visit.admitted_date.isoformat(),
            visit.discharged_date.isoformat(),
            visit.total,
            visit.eligible,
            visit.invoice,
            f"{visit.discharged_date.isoformat()} 18:20:00",
        )


def _filings(population: Population) -> Iterator[tuple[Any, ...]]:
    for filing in population.filings:
        yield (
            filing.number,
            filing.person.id_number,
            filing.kind,
            filing.destination,
            filing.from_date.isoformat(),
            filing.to_date.isoformat(),
            "1" if filing.to_date >= population.as_of else "0",
            f"{filing.from_date.isoformat()} 10:05:00",
        )

"""Write a year's working-day calendar for a city pack from the `chinesecalendar` package.

Usage: python scripts/derive_calendar.py 2025 2026 --pack packs/yunzhou
The facts are those of the State Council's yearly notices; a city publishes its own by editing the file.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from chinese_calendar.constants import holidays, workdays

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def rows(days: dict[date, str], year: int) -> str:
    """The YAML lines of some named days."""
    lines = [
        f'  - {{date: "{day}", name: {NAMES[name]}, name_en: "{name}"}}'
        for day, name in sorted(days.items())
        if day.year == year
    ]
    return "\n".join(lines) or "  []"


def document(year: int) -> str:
    """The calendar file of one year."""
    return (
        f"# {year} 年工作日历：法定节假日（含调休放假的周末）和调休上班日。\n"
        "# 由 scripts/derive_calendar.py 写成；数据来自 chinesecalendar（国务院办公厅历年节假日安排通知）。\n"
        f"year: {year}\n"
        f"source: 国务院办公厅关于{year}年部分节假日安排的通知\n"
        f'source_en: "State Council General Office, notice on public holidays in {year}"\n'
        f"days_off:\n{rows(holidays, year)}\nmakeup_days:\n{rows(workdays, year)}\n"
    )


def main() -> None:
    """Write one file a year."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("years", nargs="+", type=int)
    parser.add_argument("--pack", type=Path, default=Path("packs/yunzhou"))
    arguments = parser.parse_args()
    for year in arguments.years:
        target = arguments.pack / "calendars" / f"{year}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(document(year), encoding="utf-8")


if __name__ == "__main__":
    main()

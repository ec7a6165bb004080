"""Write the free demo persons of the demo city: adults whom the police register holds, in a city of any size.

Usage: PYTHONPATH=src python scripts/derive_demo_persons.py > packs/yunzhou/demo_persons.yaml
The platform does not know the departments' systems: it is given this list.
"""

from __future__ import annotations

import sys

from yunzhou_departments.population.build import build
from yunzhou_departments.population.model import EPOCH

FEWEST, MANY = 400, (401, 407, 500, 3_000)
HEAD = f"""\
# 演示居民：公安户籍系统里真有其人（居民数不少于 {FEWEST} 时），还没有账号，由 add-person --demo 依次取用。
# 由 scripts/derive_demo_persons.py 写成。证件号用未分配的前缀 99，手机号用未分配的前缀 12：不可能是真人的。
persons:
"""


def main() -> int:
    """Print the file. Returns: 0."""
    base = build(FEWEST)
    others = [{(person.name, person.id_number, person.phone) for person in build(count).persons} for count in MANY]
    sys.stdout.write(HEAD)
    for person in base.persons:
        if person.is_demo or person.died_date or person.household.outside_home or not 18 <= person.age_on(EPOCH) < 75:
            continue
        if all((person.name, person.id_number, person.phone) in known for known in others):
            row = f'name: {person.name}, id_number: "{person.id_number}", phone: "{person.phone}"'
            sys.stdout.write(f"  - {{{row}}}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

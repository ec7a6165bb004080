"""The residents and enterprises that every generated population holds, whatever its seed and size.

Their numbers are written out so that documents, packs and tests can quote them; a test proves the check characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One fixed resident. ``sex`` follows GB/T 2261.1 (1 male, 2 female)."""

    name: str
    id_number: str
    birth_date: date
    sex: Literal["1", "2"]
    phone: str


@dataclass(frozen=True, slots=True)
class DemoEnterprise:
    """One fixed enterprise, an employer unless it says otherwise."""

    name: str
    credit_code: str
    industry: str


@dataclass(frozen=True, slots=True)
class DemoPremises:
    """One fixed real-estate unit. ``usage`` is the estate system's code (010 dwelling, 020 commercial)."""

    certificate_number: str
    unit_number: str
    district: str
    road: str
    number: str
    detail: str
    area: str
    usage: str


WANG = DemoPerson("王小明", "990102199105140236", date(1991, 5, 14), "1", "12000000001")
LI = DemoPerson("李晴", "99010319930902046X", date(1993, 9, 2), "2", "12000000002")
CHEN = DemoPerson("陈伯安", "990102194803120176", date(1948, 3, 12), "1", "12000000003")
ZHOU = DemoPerson("周玉兰", "990102195006210288", date(1950, 6, 21), "2", "12000000004")
ZHAO = DemoPerson("赵远航", "990304199802110351", date(1998, 2, 11), "1", "12000000005")
QIAN = DemoPerson("钱守诚", "990102196612200156", date(1966, 12, 20), "1", "12000000006")
SUN = DemoPerson("孙小禾", "990104200107160343", date(2001, 7, 16), "2", "12000000007")
JING = DemoPerson("陈静", "990102197806080329", date(1978, 6, 8), "2", "12000000008")
WU = DemoPerson("吴卫东", "990103197604150217", date(1976, 4, 15), "1", "12000000009")
WU_CHILD = DemoPerson("吴一诺", "990102201609080345", date(2016, 9, 8), "2", "12000000010")
QIAN_SISTER = DemoPerson("钱守真", "990102197011030424", date(1970, 11, 3), "2", "12000000011")
PERSONS = (WANG, LI, CHEN, ZHOU, ZHAO, QIAN, SUN, JING, WU, WU_CHILD, QIAN_SISTER)

# 钱守诚 was appointed guardian of his sister by the court.
GUARDIAN_DOCUMENT = "(2019)云0102民特18号"


@dataclass(frozen=True, slots=True)
class DemoForeigner:
    """One fixed person whom the exit-entry administration knows. ``code`` is the document's of GA/T 517."""

    name: str
    code: str
    country: str
    number: str
    birth_date: date
    sex: Literal["1", "2"]


MARTIN = DemoForeigner("MARTIN CLAIRE", "414", "FRA", "99ZZ00017", date(1988, 4, 12), "2")
KIM = DemoForeigner("KIM MINJUN", "414", "KOR", "M99900023", date(1985, 11, 30), "1")
CHAN = DemoForeigner("陈嘉欣", "516", "", "H99000015", date(1994, 8, 23), "2")
LIN = DemoForeigner("林志明", "511", "", "99000023", date(1979, 2, 8), "1")
FOREIGNERS = (MARTIN, KIM, CHAN, LIN)

# The daughter of 王小明 and 李晴: born, but not yet registered, so she has no identity number and no name yet.
NEWBORN_CERTIFICATE = "Y990102615"
NEWBORN_AGE_DAYS = 21
NEWBORN_SEX = "2"

CLOUD = DemoEnterprise("云州云起网络科技有限公司", "91990102MA0YUN012Y", "I65")
DAWN = DemoEnterprise("云州启明教育科技有限公司", "91990103MA0YUN0208", "P83")
EMPLOYERS = (CLOUD, DAWN)

# What 王小明 founded to open a restaurant, and what 钱守诚 once had: deregistered. Neither has insured staff.
SMALL_FULL = DemoEnterprise("云州小满餐饮管理有限公司", "91990102MA0YUN039N", "H62")
CLOSED = DemoEnterprise("云州守诚机械配件有限公司", "91990104MA0YUN047E", "C35")
REPRESENTED = ((SMALL_FULL, WANG), (CLOSED, QIAN))
ENTERPRISES = (*EMPLOYERS, SMALL_FULL, CLOSED)

FLAT = DemoPremises("云(2021)云州市不动产权第0018236号", "990102004011GB00066F00051201", "990102", "锦云路", "66号",
                    "5幢1201室", "96.40", "010")  # fmt: skip
SHOP = DemoPremises("云(2016)云州市不动产权第0004128号", "990102003007GB00128F00010001", "990102", "文汇路", "128号",
                    "", "118.20", "020")  # fmt: skip
OLD_FLAT = DemoPremises("云(2009)云州市不动产权第0000912号", "990102003007GB00012F00030402", "990102", "青荷巷", "12号",
                        "3幢402室", "71.85", "010")  # fmt: skip
RENTED_FLAT = DemoPremises("云(2014)云州市不动产权第0003371号", "990104002002GB00215F00070803", "990104", "望江路",
                           "215号", "7幢803室", "62.30", "010")  # fmt: skip
PREMISES = (FLAT, SHOP, OLD_FLAT, RENTED_FLAT)
SHOP_LEASE, FLAT_LEASE = "YZZL2026000031", "YZZL2026000018"
SALE_CONTRACT = "YZWQ2026000127"

"""A newcomer becomes a known resident, and protects the account: in a browser without scripts."""

from __future__ import annotations

import json
import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import City, Open, picture, text_of
from tests.staff_entry import totp

OWN_PASSWORD = "Kunlun-9024x"


@pytest.fixture(scope="module")
def stranger(city: City) -> tuple[str, str]:
    """Name and number of a resident whom only the police know."""
    connections = json.loads((city.data_dir / "secrets" / "connections.json").read_text(encoding="utf-8"))
    police = connections["police"]
    with psycopg.connect(police if isinstance(police, str) else police["dsn"]) as register:
        row = register.execute(
            'SELECT "XM", "GMSFHM" FROM "T_HJ_CZRK" ORDER BY "RYBH" DESC LIMIT 1 OFFSET 30'
        ).fetchone()
    assert row is not None
    return str(row[0]).strip(), str(row[1]).strip()


def send(page: Page) -> None:
    page.locator("main button.btn-l").click()
    page.wait_for_load_state()


def test_a_newcomer_is_known_after_two_steps(visit: Open, stranger: tuple[str, str]) -> None:
    name, number = stranger
    page = visit(scripts=False)
    page.goto("/sign-up/?next=/my/data/")
    for field, value in {"username": "newcomer", "password1": OWN_PASSWORD, "password2": OWN_PASSWORD}.items():
        page.fill(f"[name={field}]", value)
    page.check("[name=consent]")
    send(page)
    expect(page).to_have_url(re.compile("/account/real-name/"))
    for given in ("冒名者", name):
        page.fill("[name=name]", given)
        page.fill("[name=id_number]", number)
        page.check("[name=consent]")
        send(page)
        if given != name:
            assert "没有通过核验" in text_of(page)
            picture(page, "real-name-refused")
    expect(page).to_have_url(re.compile("/my/data/"))
    assert "实名核验" in text_of(page)
    assert number not in page.content()
    page.goto("/my/")
    assert name in text_of(page)


def test_a_second_step_protects_the_account(visit: Open) -> None:
    page = visit("sun", scripts=False)
    page.goto("/my/security/totp/")
    page.fill("[name=password]", "Yunzhou-2026")
    send(page)
    picture(page, "totp")
    secret = re.sub(r"\s", "", page.locator("ol.rows b.num").inner_text())
    page.fill("[name=code]", totp(secret))
    send(page)
    recovery = page.locator("ul.codes li").first.inner_text()
    picture(page, "recovery-codes")
    other = visit(scripts=False)
    other.goto("/sign-in/?next=/my/security/")
    other.fill("[name=login]", "sun")
    other.fill("[name=password]", "Yunzhou-2026")
    send(other)
    assert "还差一步" in text_of(other)
    picture(other, "second-factor")
    other.fill("[name=code]", recovery)
    send(other)
    expect(other).to_have_url(re.compile("/my/security/"))
    assert "还有 9 个没用" in text_of(other)

"""The screens that show a login code, over HTTP: a browser, a kiosk, a window; and the page on the phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.test import Client

from tests.staff_entry import enter
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import models
from tongban.contexts.identity.api import sessions
from tongban.contexts.identity.domain.login_ticket import code_of
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now

PACK = Path(__file__).parents[3] / "packs/yunzhou"
HTML = {"Accept": "text/html"}


@pytest.fixture
def phone(person: models.Person) -> Client:
    assert person.account is not None
    client = Client()
    enter(client, person.account)
    return client


@pytest.fixture
def kiosk(person: models.Person) -> Client:
    halls.load_halls(rows=yaml.safe_load((PACK / "halls.yaml").read_text("utf-8"))["halls"])
    return enrolled("K01")


def enrolled(device: str) -> Client:
    client = Client()
    code = halls.offer_enrolment(hall="lakeside", device=device, now=utc_now())
    client.post("/device/enrol/", {"code": f"{code[:4]}-{code[4:].lower()}"})
    return client


def scan(screen: Client, phone: Client) -> str:
    """Look at the screen's code on the phone; the address of the phone's page."""
    address = f"/qr/{code_of(screen.cookies['login_ticket'].value)}/"
    assert phone.get(address).status_code == 200
    return address


def allow(screen: Client, phone: Client, path: str) -> str:
    address = scan(screen, phone)
    number = screen.get(f"{path}state").json()["number"]
    assert phone.post(address, {"do": "approve", "number": number}).status_code == 303
    return address


def test_a_browser_is_signed_in_by_the_phone_and_goes_where_it_wanted(phone: Client, client: Client) -> None:
    client.get("/sign-in/qr/?next=/my/cases/")
    allow(client, phone, "/sign-in/qr/")
    done = client.post("/sign-in/qr/", {"do": "redeem", "next": "/my/cases/"})
    assert done.headers["Location"] == "/my/cases/"
    assert "王小明" in client.get("/my/profile/").content.decode()
    assert sessions.list_sessions(account_id=models.Account.objects.get().pk)[0].authenticator.value == "password"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_foreign_address_is_not_where_the_sign_in_leads(phone: Client, client: Client, wanted: str) -> None:
    client.get("/sign-in/qr/")
    allow(client, phone, "/sign-in/qr/")
    assert client.post("/sign-in/qr/", {"do": "redeem", "next": wanted}).headers["Location"] == "/my/"


def test_the_secret_is_closed_to_scripts_and_to_other_pages(client: Client, db: None) -> None:
    cookie = client.get("/sign-in/qr/").cookies["login_ticket"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"]) == ("/sign-in/qr/", "Strict")
    page = client.get("/sign-in/qr/").content.decode()
    assert cookie.value not in page
    assert code_of(cookie.value) not in page


def test_the_page_shows_the_same_code_until_it_is_over(client: Client, db: None) -> None:
    first = client.get("/sign-in/qr/").cookies["login_ticket"].value
    assert client.get("/sign-in/qr/").cookies["login_ticket"].value == first
    models.LoginTicket.objects.update(expires_at=utc_now())
    assert client.get("/sign-in/qr/state").json() == {"state": "expired", "number": None, "seconds": 0}
    assert client.get("/sign-in/qr/").cookies["login_ticket"].value != first


def test_the_number_is_on_no_screen_but_the_one_that_asked(phone: Client, client: Client) -> None:
    client.get("/sign-in/qr/")
    scan(client, phone)
    number = models.LoginTicket.objects.get().match_number
    assert client.get("/sign-in/qr/state").json()["number"] == number
    assert Client().get("/sign-in/qr/state").json()["number"] is None


def test_the_phone_says_who_asks_and_a_stranger_signs_in_first(phone: Client, client: Client) -> None:
    client.get("/sign-in/qr/", headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120"})
    address = f"/qr/{code_of(client.cookies['login_ticket'].value)}/"
    turned = Client().get(address, headers=HTML)
    assert turned.headers["Location"] == f"/sign-in/?next={address.replace('/', '%2F')}"
    page = phone.get(address).content.decode()
    assert "Chrome · Windows，网络地址 127.0.0.*" in page
    assert "和你的手机在同一个网络" in page


def test_pressing_without_a_number_asks_for_one_and_voids_nothing(phone: Client, client: Client) -> None:
    client.get("/sign-in/qr/")
    answer = phone.post(scan(client, phone), {"do": "approve"})
    assert answer.status_code == 422
    assert "请先选屏幕上显示的数字" in answer.content.decode()
    assert models.LoginTicket.objects.get().state == "scanned"


def test_a_wrong_number_says_so_and_the_screen_learns_it(phone: Client, client: Client) -> None:
    client.get("/sign-in/qr/")
    address = scan(client, phone)
    row = models.LoginTicket.objects.get()
    wrong = next(number for number in row.numbers if number != row.match_number)
    assert "数字不对，这个码作废了" in phone.post(address, {"do": "approve", "number": wrong}).content.decode().replace(
        '</span><span class="cl">', ""
    )
    assert client.get("/sign-in/qr/state").json()["state"] == "refused"
    assert "手机上没有同意" in client.post("/sign-in/qr/", {"do": "redeem"}).content.decode()


def test_staff_scan_with_their_resident_account_only(clerk: models.Account, client: Client) -> None:
    staff = Client()
    enter(staff, clerk)
    client.get("/sign-in/qr/")
    answer = staff.get(f"/qr/{code_of(client.cookies['login_ticket'].value)}/", headers=HTML)
    assert answer.status_code == 403
    assert "工作人员账号不能扫码登录" in answer.content.decode()


def test_a_browser_that_asks_for_codes_without_end_is_slowed_down(client: Client, db: None) -> None:
    client.get("/sign-in/qr/")
    answers = [client.post("/sign-in/qr/", {"do": "renew"}).status_code for _press in range(21)]
    assert (answers[0], answers[-1]) == (200, 429)


def test_a_kiosk_names_its_place_and_holds_a_short_session(kiosk: Client, phone: Client) -> None:
    assert "云州市政务服务中心（湖滨） 1 号自助机" in kiosk.get("/kiosk/sign-in/").content.decode()
    address = scan(kiosk, phone)
    assert "云州市政务服务中心（湖滨） 1 号自助机" in phone.get(address).content.decode()
    allow(kiosk, phone, "/kiosk/sign-in/")
    assert kiosk.post("/kiosk/sign-in/", {"do": "redeem"}).headers["Location"] == "/kiosk/"
    carrying = models.BrowserSession.objects.exclude(signed_in=None).order_by("expire_date")[0]
    assert timedelta(seconds=110) < carrying.expire_date - utc_now() <= timedelta(seconds=120)
    page = kiosk.get("/my/cases/")
    assert "结束并清除" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert "device" not in kiosk.cookies


def test_a_password_typed_on_a_kiosk_gives_a_short_session_too(kiosk: Client) -> None:
    kiosk.post("/sign-in/", {"login": "wang", "password": "Kunlun-9024x"})
    assert models.BrowserSession.objects.get().expire_date - utc_now() <= timedelta(seconds=120)
    assert "device" not in kiosk.cookies


def test_using_a_kiosk_moves_its_end_and_leaving_it_ends_the_session(kiosk: Client) -> None:
    kiosk.post("/sign-in/", {"login": "wang", "password": "Kunlun-9024x"})
    kiosk.get("/kiosk/")
    models.BrowserSession.objects.update(expire_date=utc_now() + timedelta(seconds=20))
    assert kiosk.get("/kiosk/alive").status_code == 204
    assert models.BrowserSession.objects.get().expire_date - utc_now() > timedelta(seconds=110)
    models.BrowserSession.objects.update(expire_date=utc_now())
    assert kiosk.get("/kiosk/alive").status_code == 410
    assert sessions.end_lapsed_sessions(now=utc_now()) == 1
    assert models.AccountSession.objects.get().ended_because == "expired"


def test_ending_a_kiosk_leaves_nothing_of_the_person(kiosk: Client) -> None:
    kiosk.post("/sign-in/", {"login": "wang", "password": "Kunlun-9024x"})
    kiosk.post("/prefs/language", {"language": "en", "next": "/kiosk/"})
    ended = kiosk.post("/kiosk/end/")
    assert ended.headers["Location"] == "/kiosk/sign-in/"
    assert ended.cookies["language"]["max-age"] == 0
    assert models.AccountSession.objects.get().ended_because == "signed-out"
    assert kiosk.get("/kiosk/").headers["Location"] == "/kiosk/sign-in/"


def test_a_machine_that_nobody_enrolled_is_no_kiosk(client: Client, db: None) -> None:
    assert client.get("/kiosk/sign-in/").status_code == 403
    assert client.get("/kiosk/").status_code == 403


def test_a_window_finds_the_person_without_a_number(kiosk: Client, phone: Client, clerk: models.Account) -> None:
    models.StaffMember.objects.update(hall="lakeside", window="A11")
    window = Client()
    enter(window, clerk)
    assert "云州市政务服务中心（湖滨） A11 综合窗口" in window.get("/counter/identify/").content.decode()
    allow(window, phone, "/counter/identify/")
    person = models.Person.objects.get()
    assert window.post("/counter/identify/", {"do": "redeem"}).headers["Location"] == f"/counter/people/{person.pk}/"
    entry = AuditEntry.objects.get(action="counter.person-identified-by-code")
    assert (entry.subject, entry.actor) == (f"person:{person.pk}", f"staff:{clerk.pk}")


def test_an_enrolled_window_computer_says_its_own_place(kiosk: Client, clerk: models.Account) -> None:
    window = enrolled("A12")
    enter(window, clerk)
    assert "A12 综合窗口" in window.get("/counter/identify/").content.decode()


def test_a_window_without_a_known_place_shows_no_code(client: Client, clerk: models.Account) -> None:
    enter(client, clerk)
    answer = client.get("/counter/identify/", headers=HTML)
    assert answer.status_code == 409
    assert "还没有登记你在哪个大厅" in answer.content.decode()
    assert not models.LoginTicket.objects.exists()


def test_another_clerk_cannot_take_what_this_window_asked_for(
    kiosk: Client, phone: Client, clerk: models.Account
) -> None:
    models.StaffMember.objects.update(hall="lakeside", window="A11")
    window = Client()
    enter(window, clerk)
    window.get("/counter/identify/")
    allow(window, phone, "/counter/identify/")
    colleague = models.Account.objects.create(username="colleague", realm="staff")
    models.StaffMember.objects.create(
        account=colleague,
        organisation=models.Organisation.objects.get(),
        name="赵新",
        roles=["clerk"],
        hall="lakeside",
        window="A11",
        created_at=utc_now(),
    )
    enter(window, colleague)
    assert window.post("/counter/identify/", {"do": "redeem"}).status_code == 404

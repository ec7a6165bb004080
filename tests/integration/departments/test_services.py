"""The two web services answer over real HTTP in their own odd ways, and can have a bad day."""

from __future__ import annotations

import http.client
import json
import stat
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from tests.factories.processes import KEY_HEADERS, Departments
from yunzhou_departments.__main__ import access_key
from yunzhou_departments.demo_persons import LI, NEWBORN_CERTIFICATE, WANG, ZHAO
from yunzhou_departments.population.build import Population

SOAP = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:mz="http://mz.yunzhou.example/ws"><s:Body>'
    "<mz:{operation}><mz:sfzh>{number}</mz:sfzh></mz:{operation}></s:Body></s:Envelope>"
)


def post(city: Departments, service: str, path: str, body: str, **headers: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", city.ports[service], timeout=5)
    given = {KEY_HEADERS[service]: access_key(city.folder, service), **headers}
    try:
        connection.request("POST", path, body.encode(), given)
        response = connection.getresponse()
        return response.status, response.headers["content-type"], response.read()
    finally:
        connection.close()


def ask_medical(city: Departments, path: str, number: str, parameter: str = "certno", **headers: str) -> dict[str, Any]:
    body = json.dumps({"infno": path[-4:], "input": {parameter: number}})
    status, _, content = post(city, "medical-insurance", path, body, **headers)
    assert status == 200
    answer: dict[str, Any] = json.loads(content)
    return answer


def ask_civil(city: Departments, service: str, operation: str, number: str) -> tuple[int, bytes]:
    body = SOAP.format(operation=operation, number=number)
    status, kind, content = post(city, "civil-affairs", f"/mzws/services/{service}", body)
    assert kind == "text/xml; charset=GBK"
    return status, content


@pytest.fixture
def good_days(city: Departments) -> Iterator[None]:
    yield
    for service in KEY_HEADERS:
        city.behave(service, "normal")


def test_an_insured_person_comes_in_the_envelope(city: Departments) -> None:
    answer = ask_medical(city, "/hsa/fixmed/1101", WANG.id_number)
    assert (answer["code"], answer["msg"]) == ("0", "成功")
    assert answer["data"]["psninfo"]["psn_name"] == "王小明"
    assert answer["data"]["psninfo"]["acct"]["fml_flag"] == "1"
    assert answer["data"]["psninfo"]["fund_pay_year"] == "234.56"


def test_an_unknown_person_is_a_success_without_data(city: Departments) -> None:
    answer = ask_medical(city, "/hsa/fixmed/1101", "990102190001010018")
    assert answer == {"code": "0", "msg": "成功", "data": {"psninfo": None}}


def test_either_parent_finds_the_birth(city: Departments) -> None:
    for parent in (WANG, LI):
        answer = ask_medical(city, "/hsa/birth/5301", parent.id_number, "prnt_certno")
        assert [item["brth_cert_no"] for item in answer["data"]["brthlist"]] == [NEWBORN_CERTIFICATE]


@pytest.mark.parametrize(
    ("path", "number", "headers", "code"),
    [
        ("/hsa/fixmed/1101", WANG.id_number, {"X-YB-Key": "guessed"}, "E1003"),
        ("/hsa/fixmed/1101", "1' OR '1'='1", {}, "E2002"),
        ("/hsa/none/1101", WANG.id_number, {}, "E1001"),
    ],
)
def test_a_failure_is_http_200_with_a_code(
    city: Departments, path: str, number: str, headers: dict[str, str], code: str
) -> None:
    answer = ask_medical(city, path, number, **headers)
    assert (answer["code"], answer["data"]) == (code, None)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"infno": "1101"}', '{"infno": "1101", "input": 3}'])
def test_a_malformed_message_is_answered_not_crashed(city: Departments, body: str) -> None:
    status, _, content = post(city, "medical-insurance", "/hsa/fixmed/1101", body)
    assert (status, json.loads(content)["code"]) == (200, "E2001")


def test_a_marriage_comes_as_declared_gbk(city: Departments) -> None:
    status, content = ask_civil(city, "HyService", "queryHydj", WANG.id_number)
    assert status == 200
    assert content.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    assert "李晴".encode("gbk") in content
    assert etree.fromstring(content).findtext(".//POXX/SFZH") == LI.id_number


def test_somebody_never_married_is_said_to_have_no_registration(city: Departments) -> None:
    _, content = ask_civil(city, "HyService", "queryHydj", ZHAO.id_number)
    assert etree.fromstring(content).findtext(".//HYDJ/HYZT") == "0"


def test_a_character_that_gbk_lacks_survives(city: Departments, population: Population) -> None:
    husbands = {m.wife.id_number: m.husband.name for m in population.marriages if m.end == "1"}
    for number, name in husbands.items():
        _, content = ask_civil(city, "HyService", "queryHydj", number)
        if etree.fromstring(content).findtext(".//POXX/XM") is not None:
            assert etree.fromstring(content).findtext(".//POXX/XM") == name


@pytest.mark.parametrize(
    ("service", "body", "code"),
    [
        ("HyService", "<open", "MZ-100"),
        ("HyService", "<a/>", "MZ-101"),
        ("HyService", SOAP.format(operation="queryJz", number=WANG.id_number), "MZ-101"),
        ("HyService", SOAP.format(operation="queryHydj", number="&lt;x&gt;"), "MZ-102"),
        ("HyService", '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "MZ-101"),
    ],
)
def test_a_fault_is_http_500(city: Departments, service: str, body: str, code: str) -> None:
    status, _, content = post(city, "civil-affairs", f"/mzws/services/{service}", body)
    assert status == 500
    assert etree.fromstring(content).findtext(".//faultcode") == code


def test_a_wrong_key_is_refused_by_both(city: Departments) -> None:
    _, _, content = post(city, "civil-affairs", "/mzws/services/HyService", "", **{"X-MZ-AppKey": ""})
    assert b"MZ-401" in content
    assert stat.S_IMODE((city.folder / "civil-affairs" / "access-key").stat().st_mode) == 0o600


@pytest.mark.usefixtures("good_days")
def test_bad_days(city: Departments) -> None:
    city.behave("medical-insurance", "down")
    with pytest.raises((http.client.HTTPException, OSError)):
        ask_medical(city, "/hsa/fixmed/1101", WANG.id_number)
    city.behave("medical-insurance", "error")
    assert ask_medical(city, "/hsa/fixmed/1101", WANG.id_number)["code"] == "E9999"
    city.behave("medical-insurance", "garbled")
    with pytest.raises(ValueError, match="Expecting value"):
        ask_medical(city, "/hsa/fixmed/1101", WANG.id_number)
    city.behave("civil-affairs", "slow", delay_ms=5500)
    with pytest.raises(TimeoutError):
        ask_civil(city, "HyService", "queryHydj", WANG.id_number)


def test_the_switch_is_guarded(city: Departments) -> None:
    body = json.dumps({"mode": "down"})
    status, _, _ = post(city, "medical-insurance", "/admin/behaviour", body, **{"X-Admin-Token": "guessed"})
    assert status == 403
    assert ask_medical(city, "/hsa/fixmed/1101", WANG.id_number)["code"] == "0"


def test_a_body_without_a_sane_length_is_refused(city: Departments) -> None:
    status, _, _ = post(city, "medical-insurance", "/hsa/fixmed/1101", "x" * 70_000)
    assert status == 413


def test_a_service_stops_cleanly_when_told(city: Departments) -> None:
    process = city.processes["medical-insurance"]
    process.terminate()
    assert process.wait(timeout=5) == 0
    city.start_service("medical-insurance")
    assert isinstance(city.processes["medical-insurance"], subprocess.Popen)
    assert ask_medical(city, "/hsa/fixmed/1101", WANG.id_number)["code"] == "0"

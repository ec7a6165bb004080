"""What a new password may not be, at every place where one is set."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.integration.identity.conftest import PASSWORD
from tongban.contexts.identity import models


def codes(password: str, user: models.Account | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {str(one.code) for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Password123!", "password_breached"),
        ("qwertyuiop", "password_breached"),
        ("19910514199105", "password_entirely_numeric"),
        ("１９９１０５１４１９９１", "password_entirely_numeric"),
        ("Yunzhou-2026", "password_about_oneself"),
        ("我爱云州九零二四kx", "password_about_oneself"),
        ("short-9x", "password_too_short"),
    ],
)
def test_a_password_that_others_try_first_is_refused(password: str, code: str) -> None:
    assert code in codes(password)


@pytest.mark.parametrize(
    "password", ["xiaoming-Kunlun", "Kunlun-13900001234", "Kunlun0001234zz9", "Kunlun-x.m.wang-7", "王小明Kunlun-9024"]
)
def test_a_password_that_says_whose_it_is_is_refused(person: models.Person, password: str) -> None:
    account = person.account
    assert account is not None
    account.username, account.email = "xiaoming", "x.m.wang@x.example"
    assert codes(password, account) - {"password_too_similar"} == (
        {"password_about_oneself"} if password != "Kunlun0001234zz9" else set()
    )


@pytest.mark.parametrize("password", [PASSWORD, "四个不相干的词连起来", "correct horse battery 7"])
def test_others_pass(person: models.Person, password: str) -> None:
    assert codes(password, person.account) == set()


def test_signing_up_says_what_to_choose_instead(client: Client, db: None) -> None:
    fields = {"username": "xiaoming", "consent": "on", "phone": "13900001234"}
    breached = {"password1": "Password123!", "password2": "Password123!"}
    assert "把几个不相干的词连起来" in client.post("/sign-up/", fields | breached).content.decode()
    number = {"password1": "Kunlun13900001234", "password2": "Kunlun13900001234"}
    assert "密码里不要有手机号" in client.post("/sign-up/", fields | number).content.decode()
    assert not models.Account.objects.exists()


def test_changing_it_is_held_to_the_same(client: Client, account: models.Account) -> None:
    client.post("/sign-in/", {"login": "wang", "password": PASSWORD})
    changed = {"oldpassword": PASSWORD, "password1": "qwertyuiop", "password2": "qwertyuiop"}
    client.post("/account/again/", {"password": PASSWORD, "next": "/my/security/password/"})
    assert "泄露过的密码里" in client.post("/my/security/password/", changed).content.decode()


def test_the_present_password_cannot_be_guessed_by_changing_it(client: Client, account: models.Account) -> None:
    client.post("/sign-in/", {"login": "wang", "password": PASSWORD})
    client.post("/account/again/", {"password": PASSWORD, "next": "/my/security/password/"})
    new = {"password1": "Kunlun-7719y", "password2": "Kunlun-7719y"}

    def change(old: str) -> Any:
        return client.post("/my/security/password/", {"oldpassword": old, **new}).content.decode()

    for number in range(5):
        assert "现在的密码不对" in change(f"wrong-{number}")
    assert "5 分钟后再试" in change(PASSWORD)


def test_the_filter_opens_in_an_instant_and_stays_on_disk() -> None:
    """In a process of its own, so that nothing else is measured: what the filter adds to it, and the time."""
    script = """
import hashlib, math, mmap, struct, time, unicodedata
from array import array
from tongban.contexts.identity.domain.password_filter import PasswordFilter, normalise
def anonymous():
    return sum(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon"))
import django
django.setup()
from tongban.contexts.identity.adapters import password_rules
before, began = anonymous(), time.perf_counter()
assert normalise("password123") in password_rules.breached()
print(anonymous() - before, (time.perf_counter() - began) * 1000)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tongban.assembly.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    kilobytes, milliseconds = map(float, done.stdout.split()[-2:])
    assert kilobytes < 1024
    assert milliseconds < 20

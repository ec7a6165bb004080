"""Somebody signed in, for the tests of the provider."""

from __future__ import annotations

from django.test import Client as Browser

from .conftest import PASSWORD


def sign_in(browser: Browser, back: str = "/my/", username: str = "wang", door: str = "/sign-in/") -> str:
    """Sign in by the form. Returns where it led."""
    response = browser.post(door, {"login": username, "password": PASSWORD, "next": back})
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])

"""People of the drills: they fill forms over HTTP, and press again when nothing comes back."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from uuid import uuid4

from lxml import html

from tests.staff_entry import totp

PASSWORD = "Yunzhou-2026"
PATIENCE_S = 120.0
REQUEST_TIMEOUT_S = 40.0
Fields = list[tuple[str, str]]
Files = Mapping[str, tuple[str, str, bytes]]


class NoAnswer(Exception):
    """The connection broke, or what answered was not the application."""


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: where from, with what status, and its forms."""

    url: str
    status: int
    text: str

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path

    def form(self, holding: str) -> html.FormElement:
        """The form that holds an input of that name."""
        for form in html.fromstring(self.text).forms:
            if holding in form.inputs:
                return form
        raise AssertionError(f"no form with {holding} on {self.url} ({self.status}): {self.words()[:600]}")

    def links(self, containing: str) -> list[str]:
        """Addresses of links whose address contains something."""
        return [str(link) for link in html.fromstring(self.text).xpath("//main//a/@href") if containing in link]

    def words(self) -> str:
        """What a person would read."""
        main = html.fromstring(self.text).xpath("//main")
        return " ".join((main[0] if main else html.fromstring(self.text)).text_content().split())


@dataclass(slots=True)
class Person:
    """Somebody with a browser: cookies, and the patience to press again."""

    site: str
    jar: CookieJar = field(default_factory=CookieJar)

    def _open(self, request: urllib.request.Request) -> Page:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        try:
            with opener.open(request, timeout=REQUEST_TIMEOUT_S) as response:
                return Page(response.url, response.status, response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                page = Page(error.url or request.full_url, error.code, error.read().decode(errors="replace"))
            if error.code >= 500:
                raise NoAnswer(f"{error.code}: {page.text[:300]}") from error
            return page
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            raise NoAnswer(repr(error)) from error

    def try_get(self, path: str) -> Page:
        """One look. Raises: NoAnswer."""
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.site, path)))

    def try_post(self, path: str, fields: Fields, files: Files | None = None) -> Page:
        """One press of a button. Raises: NoAnswer."""
        url = urllib.parse.urljoin(self.site, path)
        body, content_type = _multipart(fields, files or {})
        headers = {"Content-Type": content_type, "Referer": url, "Origin": self.site}
        return self._open(urllib.request.Request(url, data=body, headers=headers))

    def get(self, path: str) -> Page:
        """Look, and look again while nothing comes back."""
        return _patiently(lambda: self.try_get(path))

    def post(self, path: str, fields: Fields, files: Files | None = None) -> Page:
        """Press the same button with the same form again while nothing comes back."""
        return _patiently(lambda: self.try_post(path, fields, files))

    def sign_in(self, username: str, door: str) -> None:
        """Sign in at a door."""
        page = self.get(door)
        form = page.form("password")
        form.fields["login"], form.fields["password"] = username, PASSWORD
        answer = self.post(form.action or page.path, form.form_values())
        if "second-factor" in answer.path:
            form = answer.form("code")
            form.fields["code"] = totp()
            answer = self.post(form.action or answer.path, form.form_values())
        assert "sign-in" not in answer.path, answer.words()
        assert "second-factor" not in answer.path, answer.words()


def _patiently(act: Any) -> Page:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            page: Page = act()
        except NoAnswer:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return page


def _multipart(fields: Iterable[tuple[str, str]], files: Files) -> tuple[bytes, str]:
    boundary = uuid4().hex
    lines: list[bytes] = []
    for name, value in fields:
        lines += [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()]
    for name, (filename, kind, content) in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        lines += [f"{head}Content-Type: {kind}\r\n\r\n".encode(), content, b"\r\n"]
    lines.append(f"--{boundary}--\r\n".encode())
    return b"".join(lines), f"multipart/form-data; boundary={boundary}"

"""Single sign-on cycles a second of one web process beside npm oidc-provider, and sign-ins with a password.

A cycle is what a person with a session costs when they open a department's site: the authorization request, the code
for tokens, the claims. Both sides are one server process, driven by the same client over the same number of
connections, in turns within one run. The peer keeps everything in memory; ours writes to PostgreSQL. Run
``make bench-identity``. Writes ``benchmarks/results/identity.json``.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from catalogue_setup import ROOT, median, percentile, write

sys.path.insert(0, str(ROOT))
PEER = Path(__file__).parent / "identity"
REDIRECT_URI = "http://127.0.0.1:9/callback"
RATIO_BOUND = 0.3
CONNECTIONS = 4
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Browser:
    """One connection with cookies; follows redirects within its host."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def send(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        """Returns: status, location, body."""
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        content = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.split(";")[0]
        return response.status, response.getheader("Location") or "", content

    def follow(self, path: str) -> str:
        """Go from an address to the site's redirect address. Returns: that address."""
        for _ in range(8):
            status, location, body = self.send("GET", path)
            if location.startswith(REDIRECT_URI):
                return location
            assert location, (status, path, body[:500])
            path = location.removeprefix(f"http://127.0.0.1:{self.port}")
        raise AssertionError(f"no end of redirects at {path}")


@dataclass(frozen=True)
class Provider:
    """One side: where it listens, its addresses, and the client registered there."""

    port: int
    authorize: str
    token: str
    userinfo: str
    client_id: str
    secret: str

    def cycle(self, browser: Browser, server: Browser) -> None:
        """One single sign-on: ``browser`` carries the person's session, ``server`` is the site's own connection."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile",
            "state": "s",
            "nonce": "n",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        back = parse_qs(urlsplit(browser.follow(f"{self.authorize}?{urlencode(asked)}")).query)
        assert "code" in back, back
        credentials = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        exchanged = {
            "grant_type": "authorization_code",
            "code": back["code"][0],
            "redirect_uri": REDIRECT_URI,
            "code_verifier": verifier,
        }
        headers = {**FORM, "Authorization": f"Basic {credentials}"}
        status, _, body = server.send("POST", self.token, urlencode(exchanged), headers)
        assert status == 200, body
        tokens = json.loads(body)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        status, _, body = server.send("GET", self.userinfo, None, bearer)
        assert status == 200, body
        assert json.loads(body)["sub"], body


def run_cycles(provider: Provider, browsers: Sequence[Browser], count: int) -> tuple[float, list[float]]:
    """Cycles a second over all browsers at once, and the milliseconds of each."""
    times: list[list[float]] = [[] for _ in browsers]
    pairs = [(browser, Browser(provider.port)) for browser in browsers]
    for browser, server in pairs:
        browser.connection.close()  # a server lets go of connections that rest while the other side has its turn
        provider.cycle(browser, server)

    def work(number: int) -> None:
        browser, server = pairs[number]
        for _ in range(count // len(pairs)):
            began = time.perf_counter()
            provider.cycle(browser, server)
            times[number].append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(pairs))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [one for some in times for one in some]
    return len(taken) / (time.perf_counter() - began), taken


@contextmanager
def peer() -> Iterator[Provider]:
    """npm oidc-provider as its own process."""
    from tests.running import free_port

    port = free_port()
    node = Path(sys.executable).with_name("node")
    command = [str(node) if node.exists() else "node", str(PEER / "peer.mjs"), str(port)]
    # The node of a Python environment may be a program that starts the real one: both end as a group.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=PEER, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        yield Provider(port, "/auth", "/token", "/me", "bench", "bench-secret-of-the-peer-0123456789abcdef")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def tongban(data: Path, *arguments: str) -> dict[str, str]:
    """Run one command against the demo's data and read its JSON."""
    environment = {**os.environ, "TONGBAN_DATA": str(data)}
    command = [sys.executable, "-m", "tongban.assembly.cli", *arguments, "--json"]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    found: dict[str, str] = json.loads(output)
    return found


def sign_in(port: int, username: str, password: str) -> Browser:
    """A browser that has signed in with a password at our sign-in page."""
    browser = Browser(port)
    _, _, page = browser.send("GET", "/sign-in/")
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None, page[:400]
    sent = {"csrfmiddlewaretoken": token.group(1).decode(), "login": username, "password": password}
    headers = {**FORM, "Referer": f"http://127.0.0.1:{port}/sign-in/"}
    status, location, page = browser.send("POST", "/sign-in/", urlencode(sent), headers)
    assert status == 302, (status, page[:400])
    assert location
    return browser


def rate_of_sign_ins(port: int, people: list[dict[str, str]]) -> float:
    """Sign-ins a second with a password: what Argon2 leaves of one web process."""
    began = time.perf_counter()
    for person in people:
        sign_in(port, person["username"], person["password"])
    return len(people) / (time.perf_counter() - began)


@contextmanager
def ours() -> Iterator[tuple[Provider, list[dict[str, str]]]]:
    """A demo city with one web process, a client registered in it, and people."""
    from tests.drill.city import running_city

    with running_city(persons=200) as city:
        port = int(city.web.rsplit(":", 1)[1])
        made = tongban(city.data_dir, "identity", "add-client", "--name", "bench", "--redirect-uri", REDIRECT_URI)
        people = [tongban(city.data_dir, "identity", "add-person", "--demo") for _ in range(CONNECTIONS + 8)]
        addresses = ("/oidc/authorize", "/oidc/token", "/oidc/userinfo")
        yield Provider(port, *addresses, made["client_id"], made["client_secret"]), people


def main() -> None:
    """Measure both sides in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    own_rates: list[float] = []
    peer_rates: list[float] = []
    own_ms: list[float] = []
    peer_ms: list[float] = []
    with ours() as (own, people), peer() as other:
        sign_ins = rate_of_sign_ins(own.port, people[CONNECTIONS:])
        own_browsers = [sign_in(own.port, person["username"], person["password"]) for person in people[:CONNECTIONS]]
        peer_browsers = [Browser(other.port) for _ in range(CONNECTIONS)]
        for _ in range(options.rounds):
            rate, taken = run_cycles(own, own_browsers, options.cycles)
            own_rates.append(rate)
            own_ms += taken
            rate, taken = run_cycles(other, peer_browsers, options.cycles)
            peer_rates.append(rate)
            peer_ms += taken
    ratio = median(own_rates) / median(peer_rates)
    figures = {
        "cycles_per_second": median(own_rates),
        "peer_cycles_per_second": median(peer_rates),
        "cycle_median_ms": median(own_ms),
        "cycle_p95_ms": percentile(own_ms, 0.95),
        "peer_cycle_median_ms": median(peer_ms),
        "password_sign_ins_per_second_and_worker": sign_ins,
    }
    write(
        "identity",
        figures,
        {"cycles_to_npm_oidc_provider": ratio},
        [("SSO cycles beside npm oidc-provider", ratio, RATIO_BOUND, ratio >= RATIO_BOUND)],
    )


if __name__ == "__main__":
    main()

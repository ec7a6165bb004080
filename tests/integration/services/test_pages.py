"""Pages of the catalogue: what they say, in both languages, with few queries, whatever is asked."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.contexts.services import api as services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
MAX_QUERIES = 12
LISTS = [
    "/",
    "/search",
    "/search?q=护照",
    "/search?q=没有这种东西吧",
    "/themes/",
    "/themes/legal/",
    "/themes/libraries-museums/",
    "/departments/",
    "/departments/justice/",
    "/people/",
    "/people/tax/",
    "/enterprises/",
    "/enterprises/construction/",
    "/letters/",
    "/letters/g/",
    "/letters/other/",
    "/bundles/",
    "/api/services?q=护照",
    "/api/services?limit=100",
]


@pytest.fixture
def client() -> Client:
    return Client(headers={"Accept": "text/html,application/json"})


def guides() -> Iterator[str]:
    for theme in services.list_themes():
        items = services.list_theme(theme.slug)
        yield from (item.url for item in items[:: max(1, len(items) // 3)])


@pytest.mark.parametrize("address", LISTS)
def test_no_list_runs_more_than_twelve_queries(client: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    assert len(queries) <= MAX_QUERIES


def test_guides_render_each_section_or_tell_of_the_gap(client: Client) -> None:
    for address in guides():
        response = client.get(address)
        text = response.content.decode()
        service = services.get_service(address.split("/")[2])
        told = set(re.findall(r'data-gap="(\w+)"', text))
        assert response.status_code == 200
        assert set(service.quality) == told, address
        assert service.name.zh in re.sub(r"&#x27;", "'", text).replace("&amp;", "&").replace("&quot;", '"')


def test_guides_run_few_queries(client: Client) -> None:
    for address in list(guides())[:12]:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) <= MAX_QUERIES


def test_a_theme_lists_every_one_of_its_services_unfolded(client: Client) -> None:
    text = client.get("/themes/legal/").content.decode()
    assert "<details" not in text
    assert len(set(re.findall(r'href="(/services/[^"]+/)"', text))) == services.get_theme("legal").count


def test_home_reaches_every_theme(client: Client) -> None:
    text = client.get("/").content.decode()
    assert {f"/themes/{theme.slug}/" for theme in services.list_themes()} <= set(re.findall(r'href="([^"]+)"', text))


@pytest.mark.parametrize("address", [*LISTS[:17], "/services/11440100007483172Q3440106043008/"])
def test_english_pages_mark_what_remains_chinese(client: Client, address: str) -> None:
    client.cookies["language"] = "en"
    text = client.get(address).content.decode()
    assert '<html lang="en"' in text
    main = text.split("<main", 1)[1].split("</main>", 1)[0]
    main = re.sub(r'<(\w+)[^>]* lang="zh-Hans"[^>]*>.*?</\1>', "", main, flags=re.S)
    main = re.sub(r'value="[^"]*"|<title>.*?</title>', "", main)
    main = main.replace("护照", "").replace("没有这种东西吧", "")
    assert not re.findall(r"[一-鿿]+", main)


@pytest.mark.parametrize(
    "address",
    ["/services/nope/", "/themes/nope/", "/departments/nope/", "/letters/zzz/", "/people/nope/", "/api/services/nope"],
)
def test_what_does_not_exist_is_said_kindly(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("question", ["<script>alert(1)</script>", "' OR 1=1", "\x00", "%", "证" * 3000, "\\"])
def test_hostile_questions_are_shown_as_text(client: Client, question: str) -> None:
    response = client.get("/search", {"q": question})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_api_answers_in_its_stable_shape(client: Client) -> None:
    body = client.get("/api/services", {"q": "护照", "limit": 3}).json()
    assert len(body["items"]) == 3
    assert {"code", "name", "department", "url"} <= set(body["items"][0])
    found = client.get(f"/api/services/{body['items'][0]['code']}").json()
    assert found["name"] == body["items"][0]["name"]
    assert found["not_published"]
    assert client.get(body["items"][0]["url"]).status_code == 200


@pytest.mark.parametrize("limit", ["0", "-1", "x", "101", "1e3", "９"])
def test_a_wrong_limit_is_refused_as_a_problem(client: Client, limit: str) -> None:
    response = client.get("/api/services", {"q": "护照", "limit": limit})
    assert (response.status_code, response.headers["Content-Type"]) == (422, "application/problem+json")

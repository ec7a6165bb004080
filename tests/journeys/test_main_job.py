"""The product's main job, from plain words to a checked licence, as people do it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import City, Open, picture, text_of, wait_until

pytestmark = pytest.mark.xdist_group("journeys")

DEPARTMENTS = ("housing-fund", "natural-resources", "housing")


@pytest.fixture(scope="module")
def case_number() -> list[str]:
    """The number of the case that the first step opens, handed from step to step."""
    return []


def find_guide(page: Page) -> None:
    page.goto("/")
    picture(page, "home")
    page.get_by_role("searchbox").first.fill("买房取公积金")
    page.get_by_role("searchbox").first.press("Enter")
    picture(page, "search")
    page.locator("main").get_by_role("link", name=re.compile("公积金")).first.click()
    expect(page.locator("h1")).to_contain_text("公积金")

"""What one sign-in at one more site costs the database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.factories.sites import Site

pytestmark = pytest.mark.django_db


def statements(context: CaptureQueriesContext) -> int:
    """Statements without those that begin and end the request's transaction."""
    return sum("SAVEPOINT" not in query["sql"] for query in context)


def test_a_cycle_of_single_sign_on_takes_eleven_statements(wang: Browser, site: Site) -> None:
    site.tokens(wang)
    with CaptureQueriesContext(connection) as authorizing:
        code = site.code(wang)
    with CaptureQueriesContext(connection) as redeeming:
        tokens = site.redeem(code).json()
    with CaptureQueriesContext(connection) as asking:
        site.user_info(tokens["access_token"])
    assert [statements(one) for one in (authorizing, redeeming, asking)] == [6, 4, 1]

"""How the authorization endpoint answers: back to the site by redirect or posted form, or with a page of ours."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tongban.contexts.identity import models
from tongban.contexts.identity.domain.clients import origin_of
from tongban.contexts.identity.provider.issuer import issuer_of
from tongban.infra.middleware import CONTENT_SECURITY_POLICY
from tongban.kernel.errors import Invalid, Text


class SiteRefused(Invalid):
    """Nobody is sent back to an address that has not been checked: the visitor sees a page instead."""

    code = "site-refused"
    status = 400


def refused(message: Text, *, remedy: Text | None = None) -> SiteRefused:
    """The page for a request whose sender cannot be trusted."""
    return SiteRefused(
        message,
        remedy=remedy
        or Text(
            zh="请回到原来的网站重新点“登录”；还不行，请告诉该网站的管理员",
            en="Go back to the site and sign in again; if that fails, tell the site's operator",
        ),
    )


def to_site(
    request: HttpRequest,
    *,
    redirect_uri: str,
    response_mode: str,
    values: Mapping[str, str],
    ends_a_form: bool = False,
) -> HttpResponse:
    """Send the visitor back to the site with an answer, which always names the issuer (RFC 9207).

    ``ends_a_form``: a browser holds every redirect after a form to the form's policy, which lets nobody leave. A page
    in between ends that chain; programs, which do not navigate, are redirected at once.
    """
    answer = {**{name: value for name, value in values.items() if value}, "iss": issuer_of(request)}
    if response_mode == "form_post":
        return _posted(request, redirect_uri, answer)
    return leave(request, with_query(redirect_uri, answer), ends_a_form=ends_a_form)


def leave(request: HttpRequest, uri: str, *, ends_a_form: bool = False) -> HttpResponse:
    """Send the visitor to another site, which does not learn where from."""
    response: HttpResponse = HttpResponseRedirect(uri)
    if ends_a_form and request.headers.get("Sec-Fetch-Mode") == "navigate":
        response = render(request, "shared/sites/continue.html", {"uri": uri, "host": urlsplit(uri).hostname})
    response.headers["Referrer-Policy"] = "no-referrer"
    return private(response)


def with_query(uri: str, values: Mapping[str, str]) -> str:
    """An address with more in its query."""
    parts = urlsplit(uri)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return urlunsplit(parts._replace(query=query))


def private(response: HttpResponse) -> HttpResponse:
    """An answer that nobody keeps."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def allow_forms_to(response: HttpResponse, uri: str) -> HttpResponse:
    """Let a page's form be sent to one other site."""
    policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {origin_of(uri)}")
    response.headers["Content-Security-Policy"] = policy
    return response


def name_of(client: models.Client) -> Text:
    """A site's name in both languages."""
    return Text(zh=client.name_zh, en=client.name_en)


def _posted(request: HttpRequest, redirect_uri: str, answer: Mapping[str, str]) -> HttpResponse:
    context = {"uri": redirect_uri, "fields": sorted(answer.items()), "host": urlsplit(redirect_uri).hostname}
    response = allow_forms_to(render(request, "shared/sites/form_post.html", context), redirect_uri)
    response.headers["Referrer-Policy"] = "strict-origin"  # the site may check which origin posts to it
    return private(response)

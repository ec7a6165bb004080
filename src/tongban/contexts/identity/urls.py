"""Addresses of the OpenID provider."""

from django.urls import path

from tongban.contexts.identity.provider import authorize, endpoints, logout

urlpatterns = [
    path(".well-known/openid-configuration", endpoints.configuration, name="oidc-configuration"),
    path(".well-known/oauth-authorization-server", endpoints.configuration, name="oauth-configuration"),
    path("oidc/jwks", endpoints.jwks, name="oidc-jwks"),
    path("oidc/authorize", authorize.authorize, name="oidc-authorize"),
    path("oidc/resume/<str:token>", authorize.resume, name="oidc-resume"),
    path("oidc/par", endpoints.pushed_request, name="oidc-par"),
    path("oidc/token", endpoints.token, name="oidc-token"),
    path("oidc/userinfo", endpoints.user_info, name="oidc-userinfo"),
    path("oidc/introspect", endpoints.introspect, name="oidc-introspect"),
    path("oidc/revoke", endpoints.revoke, name="oidc-revoke"),
    path("oidc/logout", logout.end_session, name="oidc-logout"),
    path("oidc/logout/confirm", logout.confirm, name="oidc-logout-confirm"),
]

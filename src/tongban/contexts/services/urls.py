"""Addresses of the catalogue's API."""

from django.urls import path

from tongban.contexts.services import http

urlpatterns = [
    path("api/services", http.search_services, name="api-services"),
    path("api/services/<path:code>", http.show_service, name="api-service"),
]

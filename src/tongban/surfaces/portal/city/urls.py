"""Addresses of the pages about the city."""

from django.urls import path

from tongban.surfaces.portal.city import views

urlpatterns = [
    path("halls/", views.halls, name="halls"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]

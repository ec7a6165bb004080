"""Addresses of 亲友代办."""

from django.urls import path

from tongban.surfaces.portal.mandates import agreeing, views

urlpatterns = [
    path("my/mandates/", views.mandates, name="my-mandates"),
    path("my/mandates/give/", agreeing.give, name="my-mandate-give"),
    path("my/mandates/ask/", agreeing.ask, name="my-mandate-ask"),
    path("my/mandates/wards/", agreeing.ward, name="my-ward"),
    path("my/mandates/acts/", views.acts, name="my-mandate-acts"),
    path("my/mandates/acts.csv", views.acts_file, name="my-mandate-acts-file"),
    path("my/mandates/held/<uuid:mandate_id>/", views.held, name="my-mandate-held"),
    path("my/mandates/held/<uuid:mandate_id>/back/", views.hand_back, name="my-mandate-back"),
    path("my/mandates/<uuid:mandate_id>/", views.given, name="my-mandate"),
    path("my/mandates/<uuid:mandate_id>/confirm/", agreeing.confirm, name="my-mandate-confirm"),
    path("my/mandates/<uuid:mandate_id>/decline/", views.decline, name="my-mandate-decline"),
    path("my/mandates/<uuid:mandate_id>/revoke/", views.revoke, name="my-mandate-revoke"),
    path("my/mandates/<uuid:mandate_id>/paper/", views.paper, name="my-mandate-paper"),
]

"""Addresses of machines in halls."""

from __future__ import annotations

from django.urls import path

from tongban.surfaces.portal.kiosk import views

urlpatterns = [
    path("kiosk/", views.home, name="kiosk"),
    path("kiosk/sign-in/", views.sign_in, name="kiosk_sign_in"),
    path("kiosk/sign-in/state", views.state, name="kiosk_sign_in_state"),
    path("kiosk/end/", views.end, name="kiosk_end"),
    path("kiosk/alive", views.alive, name="kiosk_alive"),
    path("device/enrol/", views.enrol, name="device_enrol"),
]

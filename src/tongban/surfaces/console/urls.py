"""Addresses of the console."""

from django.urls import path

from tongban.surfaces.console import accreditations, views

urlpatterns = [
    path("console/", views.home, name="console"),
    path("console/quality/", views.quality, name="console-quality"),
    path("console/deliveries/", views.deliveries, name="console-deliveries"),
    path("console/deliveries/<int:delivery_id>/retry", views.retry_delivery, name="console-delivery-retry"),
    path("console/mail/", views.mail, name="console-mail"),
    path("console/accreditations/", accreditations.accreditations, name="console-accreditations"),
    path("console/accreditations/<uuid:accreditation_id>/end/", accreditations.end, name="console-accreditation-end"),
]

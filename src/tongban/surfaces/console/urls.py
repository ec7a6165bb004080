"""Addresses of the console."""

from django.urls import path

from tongban.surfaces.console import people, views

urlpatterns = [
    path("console/", views.home, name="console"),
    path("console/quality/", views.quality, name="console-quality"),
    path("console/deliveries/", views.deliveries, name="console-deliveries"),
    path("console/deliveries/<int:delivery_id>/retry", views.retry_delivery, name="console-delivery-retry"),
    path("console/people/", people.find, name="console-people"),
    path("console/people/<uuid:person_id>/", people.person, name="console-person"),
    path("console/mail/", views.mail, name="console-mail"),
]

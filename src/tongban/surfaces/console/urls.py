"""Addresses of the console."""

from django.urls import path

from tongban.surfaces.console import accreditations, people, views
from tongban.surfaces.console.sites import views as sites

urlpatterns = [
    path("console/", views.home, name="console"),
    path("console/quality/", views.quality, name="console-quality"),
    path("console/deliveries/", views.deliveries, name="console-deliveries"),
    path("console/deliveries/<int:delivery_id>/retry", views.retry_delivery, name="console-delivery-retry"),
    path("console/people/", people.find, name="console-people"),
    path("console/people/<uuid:person_id>/", people.person, name="console-person"),
    path("console/mail/", views.mail, name="console-mail"),
    path("console/sites/", sites.sites, name="console-sites"),
    path("console/sites/new/", sites.register, name="console-site-new"),
    path("console/sites/<slug:client_id>/", sites.site, name="console-site"),
    path("console/sites/<slug:client_id>/change/", sites.change, name="console-site-change"),
    path("console/sites/<slug:client_id>/decide", sites.decide, name="console-site-decide"),
    path("console/sites/<slug:client_id>/secret", sites.rotate, name="console-site-secret"),
    path("console/accreditations/", accreditations.accreditations, name="console-accreditations"),
    path("console/accreditations/<uuid:accreditation_id>/end/", accreditations.end, name="console-accreditation-end"),
]

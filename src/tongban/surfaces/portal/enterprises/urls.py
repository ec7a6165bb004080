"""Addresses of 我的企业."""

from django.urls import path

from tongban.surfaces.portal.enterprises import operators, views

urlpatterns = [
    path("my/enterprises/", views.my_enterprises, name="my-enterprises"),
    path("my/enterprises/claim/", views.claim, name="enterprise-claim"),
    path("my/enterprises/<uuid:enterprise_id>/", views.enterprise, name="enterprise"),
    path("my/enterprises/<uuid:enterprise_id>/operators.csv", views.operators_file, name="enterprise-operators"),
    path("my/enterprises/<uuid:enterprise_id>/appoint/", operators.appoint, name="enterprise-appoint"),
    path("my/enterprises/appointments/<uuid:appointment_id>/accept", operators.accept, name="appointment-accept"),
    path("my/enterprises/appointments/<uuid:appointment_id>/decline", operators.decline, name="appointment-decline"),
    path("my/enterprises/appointments/<uuid:appointment_id>/confirm", operators.confirm, name="appointment-confirm"),
    path("my/enterprises/appointments/<uuid:appointment_id>/end/", operators.end, name="appointment-end"),
]

"""Addresses of licences and their verification."""

from django.urls import path

from tongban.surfaces.portal.licences import views

urlpatterns = [
    path("my/licences/", views.licences, name="my-licences"),
    path("my/licences/<uuid:licence_id>/", views.licence, name="my-licence"),
    path("my/licences/<uuid:licence_id>/file.pdf", views.licence_file, name="my-licence-file"),
    path("licences/verify/", views.verify, name="verify"),
    path("licences/verify/<str:reference>/", views.verify_reference, name="verify-reference"),
    path("api/licences/verify/<str:reference>", views.verify_reference_json, name="api-verify-reference"),
]

"""Addresses of applying."""

from django.urls import path

from tongban.surfaces.portal.apply import views

urlpatterns = [
    path("services/<str:code>/apply/", views.start, name="apply-start"),
    path("apply/<uuid:application_id>/", views.application, name="apply"),
    path("apply/<uuid:application_id>/preview/", views.preview, name="apply-preview"),
    path("apply/<uuid:application_id>/change/<slug:field>/", views.change, name="apply-change"),
    path("apply/<uuid:application_id>/discard/", views.discard, name="apply-discard"),
    path("apply/<uuid:application_id>/files/<uuid:upload_id>/", views.stored_file, name="apply-file"),
]

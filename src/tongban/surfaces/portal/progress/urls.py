"""Addresses of the applicant's cases."""

from django.urls import path

from tongban.surfaces.portal.progress import views

urlpatterns = [
    path("my/cases/", views.cases, name="my-cases"),
    path("my/cases/<str:number>/", views.case, name="my-case"),
    path("my/cases/<str:number>/withdraw/", views.withdraw, name="my-case-withdraw"),
    path("my/cases/<str:number>/answer/<uuid:supplement_id>/", views.answer, name="my-case-answer"),
    path("my/cases/<str:number>/files/<uuid:file_id>/", views.supplement_file, name="my-case-file"),
]

"""Addresses of 我的数据."""

from django.urls import path

from tongban.surfaces.portal.mydata import views

urlpatterns = [
    path("my/data/", views.my_data, name="my-data"),
    path("my/data/records.csv", views.records_file, name="my-data-records"),
    path("my/data/records/<uuid:record_id>/", views.question, name="my-data-question"),
    path("my/data/purposes/<uuid:purpose_id>/withdraw/", views.withdraw, name="my-data-withdraw"),
]

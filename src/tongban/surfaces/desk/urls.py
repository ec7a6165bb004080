"""Addresses of the departments' desk."""

from django.urls import path

from tongban.surfaces.desk import views

urlpatterns = [
    path("desk/", views.tasks, name="desk"),
    path("desk/tasks/<uuid:task_id>/", views.task, name="desk-task"),
    path("desk/tasks/<uuid:task_id>/decide/", views.decide, name="desk-decide"),
    path("desk/tasks/<uuid:task_id>/read/", views.read_source, name="desk-read"),
    path("desk/tasks/<uuid:task_id>/files/<str:digest>/", views.material_file, name="desk-file"),
    path("desk/tasks/<uuid:task_id>/supplements/<uuid:file_id>/", views.supplement_file, name="desk-supplement-file"),
    path("desk/cases/<str:number>/", views.received, name="desk-received"),
]

"""Addresses of the counter."""

from django.urls import path

from tongban.surfaces.counter import cases, intake, people, window

urlpatterns = [
    path("counter/", people.home, name="counter"),
    path("counter/find/", people.find, name="counter-find"),
    path("counter/people/", people.register, name="counter-register"),
    path("counter/people/<uuid:person_id>/", people.person, name="counter-person"),
    path("counter/people/<uuid:person_id>/check/", window.check, name="counter-check"),
    path("counter/people/<uuid:person_id>/recovery/", window.recovery, name="counter-recovery"),
    path("counter/people/<uuid:person_id>/start/", intake.start, name="counter-start"),
    path("counter/applications/<uuid:application_id>/", intake.application, name="counter-application"),
    path("counter/applications/<uuid:application_id>/change/<slug:field>/", intake.change, name="counter-change"),
    path("counter/applications/<uuid:application_id>/notice/", intake.notice, name="counter-notice"),
    path("counter/applications/<uuid:application_id>/files/<uuid:upload_id>/", intake.stored_file, name="counter-file"),
    path("counter/cases/<str:number>/", cases.case, name="counter-case"),
    path("counter/cases/<str:number>/accept/", cases.accept, name="counter-accept"),
    path("counter/cases/<str:number>/refuse/", cases.refuse, name="counter-refuse"),
]

"""Addresses of the counter."""

from django.urls import path

from tongban.surfaces.counter import cases, identifying, intake, mandates, people, window

urlpatterns = [
    path("counter/", people.home, name="counter"),
    path("counter/find/", people.find, name="counter-find"),
    path("counter/identify/", identifying.identify, name="counter-identify"),
    path("counter/identify/state", identifying.state, name="counter-identify-state"),
    path("counter/people/", people.register, name="counter-register"),
    path("counter/people/<uuid:person_id>/", people.person, name="counter-person"),
    path("counter/people/<uuid:person_id>/check/", window.check, name="counter-check"),
    path("counter/people/<uuid:person_id>/recovery/", window.recovery, name="counter-recovery"),
    path("counter/people/<uuid:person_id>/start/", intake.start, name="counter-start"),
    path("counter/people/<uuid:person_id>/mandates/", mandates.mandates, name="counter-mandates"),
    path("counter/people/<uuid:person_id>/mandates/new/", mandates.new, name="counter-mandate-new"),
    path("counter/mandates/<uuid:mandate_id>/", mandates.mandate, name="counter-mandate"),
    path("counter/mandates/<uuid:mandate_id>/form/", mandates.paper_form, name="counter-mandate-form"),
    path("counter/mandates/<uuid:mandate_id>/paper/", mandates.paper, name="counter-mandate-paper"),
    path("counter/mandates/<uuid:mandate_id>/end/", mandates.end, name="counter-mandate-end"),
    path("counter/applications/<uuid:application_id>/", intake.application, name="counter-application"),
    path("counter/applications/<uuid:application_id>/change/<slug:field>/", intake.change, name="counter-change"),
    path("counter/applications/<uuid:application_id>/notice/", intake.notice, name="counter-notice"),
    path("counter/applications/<uuid:application_id>/files/<uuid:upload_id>/", intake.stored_file, name="counter-file"),
    path("counter/cases/<str:number>/", cases.case, name="counter-case"),
    path("counter/cases/<str:number>/accept/", cases.accept, name="counter-accept"),
    path("counter/cases/<str:number>/refuse/", cases.refuse, name="counter-refuse"),
]

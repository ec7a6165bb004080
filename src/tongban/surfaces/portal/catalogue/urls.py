"""Addresses of the catalogue."""

from django.urls import path

from tongban.surfaces.portal.catalogue import guide, home, lists, search

urlpatterns = [
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("search/", search.search),
    path("themes/", lists.themes, name="themes"),
    path("themes/<slug:slug>/", lists.theme, name="theme"),
    path("departments/", lists.departments, name="departments"),
    path("departments/<slug:code>/", lists.department, name="department"),
    path("people/", lists.people, name="people"),
    path("people/<slug:slug>/", lists.people_theme, name="people-theme"),
    path("enterprises/", lists.enterprises, name="enterprises"),
    path("enterprises/<slug:slug>/", lists.enterprises_theme, name="enterprises-theme"),
    path("letters/", lists.letters, name="letters"),
    path("letters/<slug:letter>/", lists.letter, name="letter"),
    path("bundles/", lists.bundles, name="bundles"),
    path("services/<path:code>/", guide.guide, name="service"),
]

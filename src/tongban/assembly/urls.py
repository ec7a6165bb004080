"""Every address of the web process. Each surface's feature and each context's HTTP door lists its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tongban.infra.http import healthz, metrics_page, readyz

_FEATURES = (
    "tongban.contexts.services.urls",
    "tongban.surfaces.portal.account.urls",
    "tongban.surfaces.portal.kiosk.urls",
    "tongban.surfaces.portal.mandates.urls",
    "tongban.surfaces.portal.enterprises.urls",
    "tongban.surfaces.portal.mydata.urls",
    "tongban.surfaces.portal.city.urls",
    "tongban.surfaces.portal.progress.urls",
    "tongban.surfaces.portal.licences.urls",
    "tongban.surfaces.portal.apply.urls",
    "tongban.surfaces.portal.catalogue.urls",
    "tongban.surfaces.counter.urls",
    "tongban.surfaces.desk.urls",
    "tongban.surfaces.console.urls",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics_page),
    *(path("", include(module)) for module in _FEATURES),
]

handler400 = "tongban.infra.problems.bad_request"
handler404 = "tongban.infra.problems.page_not_found"
handler500 = "tongban.infra.problems.server_error"

"""The shared application of the surfaces."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """Templates, tags and static files that every surface uses."""

    name = "tongban.surfaces.shared"
    label = "shared"

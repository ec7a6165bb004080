"""The portal application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages of the portal."""

    name = "tongban.surfaces.portal"
    label = "portal"

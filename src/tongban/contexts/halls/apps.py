"""The halls application."""

from django.apps import AppConfig


class HallsConfig(AppConfig):
    """Calendar, halls and windows."""

    name = "tongban.contexts.halls"
    label = "halls"
    default_auto_field = "django.db.models.BigAutoField"

"""The services application."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Service items, their versions, guides and search."""

    name = "tongban.contexts.services"
    label = "services"
    default_auto_field = "django.db.models.BigAutoField"

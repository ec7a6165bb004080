"""The resources application."""

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    """The catalogue of data resources."""

    name = "tongban.contexts.resources"
    label = "resources"
    default_auto_field = "django.db.models.BigAutoField"

"""The forms application."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Applications, materials and declarations."""

    name = "tongban.contexts.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"

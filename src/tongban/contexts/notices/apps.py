"""The notices application."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Templates, inbox and deliveries."""

    name = "tongban.contexts.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

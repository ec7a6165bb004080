"""The licences application."""

from django.apps import AppConfig


class LicencesConfig(AppConfig):
    """Licence types, licences, their files."""

    name = "tongban.contexts.licences"
    label = "licences"
    default_auto_field = "django.db.models.BigAutoField"

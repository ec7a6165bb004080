"""The cases application."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Processes, cases, tasks and clocks."""

    name = "tongban.contexts.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

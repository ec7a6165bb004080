"""The exchange application."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Purposes, grants, policy and records of reads."""

    name = "tongban.contexts.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

"""The infra application."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class InfraConfig(AppConfig):
    """Loads every context's subscribers once all models are ready."""

    name = "tongban.infra"
    label = "infra"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for config in apps.get_app_configs():
            if config.name.startswith("tongban.") and find_spec(f"{config.name}.subscribers"):
                import_module(f"{config.name}.subscribers")

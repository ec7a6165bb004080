"""The identity application."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Persons, accounts, organisations and staff."""

    name = "tongban.contexts.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.contexts.identity import api
        from tongban.contexts.identity.adapters import signals  # noqa: F401  receivers register on import
        from tongban.contexts.identity.api.enterprise_rights import EnterpriseRights

        api.use_right_source("mandate", api.mandates.MandateRights())
        api.use_right_source("guardian", api.guardians.GuardianRights())
        api.use_right_source("enterprise", EnterpriseRights())

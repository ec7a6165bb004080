"""The assembly application: fills the contexts' ports once every room is ready."""

from django.apps import AppConfig


class AssemblyConfig(AppConfig):
    """Last in the list of applications, so that all the others are ready."""

    name = "tongban.assembly"
    label = "assembly"

    def ready(self) -> None:
        from tongban.assembly.wiring import wire

        wire()

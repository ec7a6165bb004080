"""The console application."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages of the console."""

    name = "tongban.surfaces.console"
    label = "console"

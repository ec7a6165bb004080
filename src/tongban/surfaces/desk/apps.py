"""The desk application."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages of the desk."""

    name = "tongban.surfaces.desk"
    label = "desk"

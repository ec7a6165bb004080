"""The counter application."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    """Pages of the counter."""

    name = "tongban.surfaces.counter"
    label = "counter"

"""Readies Django for commands that need it; the others start without."""

from __future__ import annotations

import os


def ready() -> None:
    """Set Django up once. Commands call it before they import a context."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.assembly.settings")
    import django

    django.setup()

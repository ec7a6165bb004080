"""The web process's ASGI application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.assembly.settings")

from django.core.asgi import get_asgi_application

from tongban.runtime import logs, settings

logs.configure("web", settings.current().log_level)
application = get_asgi_application()

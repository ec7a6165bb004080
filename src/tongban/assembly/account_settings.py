"""Settings of django-allauth, kept by the identity context's needs."""

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
]

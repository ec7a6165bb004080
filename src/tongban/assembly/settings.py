"""Django's settings, all derived from the typed settings of the runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tongban.runtime import settings as runtime_settings

_settings = runtime_settings.current()
_source = Path(__file__).resolve().parents[1]
_repository = _source.parents[1]

SECRET_KEY = _settings.secrets.secret_key
DEBUG = False
ALLOWED_HOSTS = [urlsplit(_settings.web_url).hostname or "127.0.0.1", "127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [_settings.web_url]

CONTEXTS = ["notices", "halls", "identity", "resources", "services", "exchange", "licences", "forms", "cases"]
SURFACES = ["shared", "portal", "counter", "desk", "console"]

INSTALLED_APPS = [
    *(f"tongban.surfaces.{name}" for name in SURFACES),
    *(f"tongban.contexts.{name}" for name in CONTEXTS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "tongban.infra",
    "tongban.assembly",
]
AUTH_USER_MODEL = "identity.Account"

MIDDLEWARE = [
    "tongban.infra.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongban.surfaces.shared.middleware.Preferences",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tongban.contexts.identity.http.ActorMiddleware",
    "tongban.infra.middleware.Problems",
]

ROOT_URLCONF = "tongban.assembly.urls"
ASGI_APPLICATION = "tongban.assembly.asgi.application"
CSRF_FAILURE_VIEW = "tongban.infra.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tongban.surfaces.shared.context.page",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **options,
            "pool": {"min_size": 1, "max_size": 16, "timeout": 10},
            "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000",
        },
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


DATABASES = {"default": _database(_settings.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [_repository / "locale", _source / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = _settings.data_dir / "static"
STATICFILES_DIRS = [
    path for path in (_repository / "frontend" / "css", _repository / "frontend" / "js") if path.is_dir()
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tongban.surfaces.shared.static.HashedStaticFiles"},
}

SESSION_ENGINE = "tongban.contexts.identity.adapters.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _settings.web_url.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if _settings.is_production else 0
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "tongban.contexts.identity.adapters.password_rules.NotBreached"},
    {
        "NAME": "tongban.contexts.identity.adapters.password_rules.NotAboutOneself",
        "OPTIONS": {"words": ("云州", "通办", "tongban", _settings.pack)},
    },
]

_mail = urlsplit(_settings.mail_url)
if _mail.scheme == "smtp":
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(_settings.mail_dir)
DEFAULT_FROM_EMAIL = "no-reply@yunzhou.example"

LOGGING_CONFIG = None
DEBUG_PROPAGATE_EXCEPTIONS = False
TEST_RUNNER = "django.test.runner.DiscoverRunner"

from tongban.assembly.account_settings import *  # noqa: E402, F403

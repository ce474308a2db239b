"""Settings. Everything that differs between machines comes from the environment; see README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from environs import Env

from cohort.server import limits

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# ---------------------------------------------------------------- where we run
# EMBEDDED: PostgreSQL and Valkey are started by cohort.local, on this machine only.
EMBEDDED = not env.str("DATABASE_URL", "")
DEBUG = env.bool("DEBUG", EMBEDDED)
if EMBEDDED:
    from cohort.local import places

    STATE_DIR = places.state_dir()
    SECRET_KEY = env.str("SECRET_KEY", "") or places.secret_key()
    DATABASE_URL, REDIS_URL = places.database_url(), env.str("REDIS_URL", "") or f"unix://{places.redis_socket()}"
else:
    STATE_DIR = Path(env.str("COHORT_STATE", str(BASE_DIR / ".local")))
    SECRET_KEY = env.str("SECRET_KEY")
    DATABASE_URL, REDIS_URL = env.str("DATABASE_URL"), env.str("REDIS_URL")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
SITE_URL = env.str("SITE_URL", f"http://localhost:{env.int('PORT', 8000)}").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"] if EMBEDDED or DEBUG else []
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# How many proxies of ours stand in front: the one setting by which all rate limits find a visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXIES", 0)
CSRF_FAILURE_VIEW = "cohort.ui.rescue.csrf_failure"

# ---------------------------------------------------------------- apps
INSTALLED_APPS = [
    "cohort.server",
    "cohort.people",
    "cohort.outbox",
    "cohort.ui",
    "applications.apps.ApplicationsConfig",
    "sessions.apps.SessionsConfig",
    "reflections.apps.ReflectionsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "lucide",
    "csp",
]
MIDDLEWARE = [
    "cohort.outbox.monitoring.health.health_first",  # before all that may fail when a server is away
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "cohort.server.away.DatabaseAway",
    "cohort.people.middleware.ReaderTimeZone",
]
ROOT_URLCONF = "cohort.urls"
ASGI_APPLICATION = "cohort.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cohort.ui.context.chrome",
            ],
        },
    },
]
CRISPY_TEMPLATE_PACK = "cohort_ui"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["cohort_ui"]
CRISPY_FAIL_SILENTLY = False

# ---------------------------------------------------------------- data
# The threads that serve are few and stay, and each keeps its connection.
DATABASES: dict[str, Any] = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, engine="cohort.server.postgresql"),
        "CONN_MAX_AGE": limits.DATABASE_KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", limits.DATABASE_SECONDS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BROKER_DB, CACHE_DB = env.int("BROKER_DB", 0), env.int("CACHE_DB", 1)


def _redis(number: int, *, celery: bool = False) -> str:
    """The address of one numbered database, in the dialect that the reader wants."""
    if REDIS_URL.startswith("unix://"):
        path = REDIS_URL.removeprefix("unix://").partition("?")[0]
        return f"redis+socket://{path}?virtual_host={number}" if celery else f"unix://{path}?db={number}"
    return f"{REDIS_URL.rstrip('/')}/{number}" if REDIS_URL.count("/") < 3 else REDIS_URL


CACHES = {"default": {"BACKEND": "cohort.server.cache.Cache", "LOCATION": _redis(CACHE_DB)}}
# Not in the cache: who signed out while it was away would be signed in again when it is back.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 24 * 3600  # over 20 hours, so outside WCAG 2.2.1 (domain facts 6.4)
REDIS_LIVE_URL = _redis(CACHE_DB)  # publish and subscribe of the live room

CELERY_BROKER_URL = _redis(BROKER_DB, celery=True)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 900, 840
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "cohort.outbox.monitoring.scheduler:BeatScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "beat-schedule")

# ---------------------------------------------------------------- people and sign-in
AUTH_USER_MODEL = "people.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # unique without case, by constraint
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "home", "home"
ACCOUNT_ADAPTER = "cohort.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = "Cohort"
USERSESSIONS_TRACK_ACTIVITY = False

# ---------------------------------------------------------------- mail
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Cohort <hello@cohort.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = STATE_DIR / "outbox"
if env.str("EMAIL_URL", ""):
    for _key, _value in env.dj_email_url("EMAIL_URL").items():
        globals()[_key] = _value
elif EMBEDDED:
    EMAIL_BACKEND = "cohort.outbox.delivery.file_backend.EmlFileBackend"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", globals().get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"))
EMAIL_TIMEOUT = 20
# What a mail provider reports back. Closed until both are given: docs/messages.md, "Sending for real".
MAIL_PROVIDER: str = env.str("MAIL_PROVIDER", "")
ANYMAIL: dict[str, Any] = dict(env.json("ANYMAIL", {}))
# Takes the mail that a mail program sends when its reader presses "unsubscribe". Empty: the cohort's contact does.
STOP_ADDRESS: str = env.str("STOP_ADDRESS", "")
if MAIL_PROVIDER:
    INSTALLED_APPS.append("anymail")
# Who hears when reminders stop, and an address outside that raises the alarm when its pings stop (both optional).
OPERATORS: list[str] = env.list("OPERATORS", [])
REMINDERS_PING_URL = env.str("REMINDERS_PING_URL", "")

# ---------------------------------------------------------------- words, time, files
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", str((STATE_DIR / "static") if DEBUG else BASE_DIR / "staticfiles")))
if DEBUG:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # files come from the finders; WhiteNoise only wants it to exist
FACTS_DIR = BASE_DIR / "facts"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# ---------------------------------------------------------------- safety
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
HTTPS = env.bool("HTTPS", not DEBUG)
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = 31536000, True, True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_REDIRECT_EXEMPT = [r"^healthz"]
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO" if not DEBUG else "WARNING"},
    # Django's own console handler would say each line of a debugging run a second time.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}

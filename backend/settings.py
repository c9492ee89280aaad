"""All settings. They come from the environment only, and work with nothing set: see docs/operations.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from backend.keys import (
    make_key,
    make_reference_keys,
    parse_index_keys,
    parse_key,
    parse_reference_keys,
    parse_vapid_key,
    read_secret,
    read_variable,
)
from coordination.demo.people import PASSWORD, SIGN_INS, SignIn

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")

# Never true: the debug page shows what people typed and what the database answered.
DEBUG = False
DEFAULT_EXCEPTION_REPORTER_FILTER = "backend.reports.NothingTyped"

# --- Database -----------------------------------------------------------------------------------------------
SQLITE_OPTIONS: dict[str, Any] = {
    # Writers queue at BEGIN instead of failing halfway; FULL keeps every acknowledged write over a power cut;
    # without recursive triggers INSERT OR REPLACE gets around the append-only tables; what is deleted is overwritten.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
    "PRAGMA secure_delete=ON",
}


def parse_database(url: str) -> dict[str, Any]:
    """Turn a database URL into Django's settings for it; SQLite and PostgreSQL are the two there are."""
    database = environ.Env.db_url_config(url)
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return {**database, "OPTIONS": SQLITE_OPTIONS}
    pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 3}
    return {**database, "OPTIONS": {**database.get("OPTIONS", {}), "pool": pool}}


DATABASES = {"default": parse_database(read_variable("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'involver.sqlite3'}")}
EMBEDDED = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if EMBEDDED:
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- Secrets ------------------------------------------------------------------------------------------------
KEPT_IN = VAR_DIR if EMBEDDED else None
SECRET_KEY = read_secret("SECRET_KEY", get_random_secret_key, KEPT_IN)
REFERENCE_KEYS = parse_reference_keys(read_secret("REFERENCE_KEYS", make_reference_keys, KEPT_IN))
INDEX_KEY = parse_key("INDEX_KEY", read_secret("INDEX_KEY", make_key, KEPT_IN))
# Where there are any, the first one makes indexes in the place of INDEX_KEY, which goes on naming things.
INDEX_KEYS = parse_index_keys(read_variable("INDEX_KEYS") or "")
# Without it nobody is offered push. Unlike the others it can be replaced: people then switch push on again.
VAPID_PRIVATE_KEY = (
    parse_vapid_key(read_secret("VAPID_PRIVATE_KEY", make_key, KEPT_IN))
    if EMBEDDED or read_variable("VAPID_PRIVATE_KEY")
    else None
)
# Signs the heads of the log's chain that are kept elsewhere. Better unset than made up beside what it is to prove.
LOG_SIGNING_KEY = (
    parse_key("LOG_SIGNING_KEY", signing_key) if (signing_key := read_variable("LOG_SIGNING_KEY")) else None
)
# How long it is kept who looked at what, in months.
ACCESS_LOG_MONTHS = env.int("ACCESS_LOG_MONTHS", default=24)
# How many looks of a month are put before each leader; 0: none.
LOOKS_CHECKED = env.int("LOOKS_CHECKED", default=3)

# --- Who may ask --------------------------------------------------------------------------------------------
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]  # always: health checks come from there
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[]), *LOOPBACK]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_HTTPS = env.bool("BEHIND_HTTPS", default=False)
if BEHIND_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
# What HSTS says of other hosts of the municipality is not ours to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_HTTPS
# Signed in for a working day at the most, and out after an hour of doing nothing; in seconds.
SESSION_COOKIE_AGE = env.int("SESSION_AGE", default=12 * 3600)
SESSION_IDLE_AGE = env.int("SESSION_IDLE_AGE", default=3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # links in e-mails lead to a page, not to signing in
# Forms are short, and the longest file is a list of moves.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Parts --------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "backend",
    "coordination",
    "notifications",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "backend.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "coordination.web.sessions.SessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coordination.web.searching.AddressMiddleware",
    "coordination.web.requests.ActorMiddleware",
]
ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coordination.web.context.page_context",
                "notifications.web.context.bell_context",
            ]
        },
    }
]
FORM_RENDERER = "coordination.web.forms_base.InvolverRenderer"
# Messages of one request to the next live in the session, not in a cookie that the browser keeps.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- People -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "coordination.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Set by `./dev demo`: the sign-in page names the made-up people and their password.
DEMO = env.bool("DEMO", default=False)
DEMO_PEOPLE: tuple[SignIn, ...] = SIGN_INS if DEMO else ()
DEMO_PASSWORD = PASSWORD if DEMO else ""
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

# --- Language and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "backend" / "locale"]
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True

# --- Static files -------------------------------------------------------------------------------------------
STATIC_URL = "static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "backend" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- The passing of time ------------------------------------------------------------------------------------
# A plain interval: a calendar schedule has a hole of 90 minutes on the night when summer time ends.
PASS_TIME_EVERY = env.float("PASS_TIME_EVERY", default=15.0)  # seconds
REDIS_URL = read_variable("REDIS_URL")
HAS_BROKER = bool(REDIS_URL)
CELERY_BROKER_URL = REDIS_URL or "redis://127.0.0.1:6379/0"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker that is away for an hour must not end the workers
# Without the last two a dead worker's task comes back after minutes instead of seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # there are none: beat need not send for them to be cleaned up
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"  # there are intervals only, and they know no summer time
CELERY_BEAT_SCHEDULER = "backend.beat:Beat"
# Expires: after a night without workers a few rounds are enough, not a queue of thousands. It is long enough for
# machines whose clocks differ.
CELERY_BEAT_SCHEDULE = {
    name: {"task": f"notifications.tasks.{name}", "schedule": PASS_TIME_EVERY, "options": {"expires": 120}}
    for name in ("pass_time", "deliver")
}

# --- Telling people -----------------------------------------------------------------------------------------
# The address of the pages as people know it: links in messages begin with it.
BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="Involver <involver@localhost>")
EMAIL_URL = read_variable("EMAIL_URL")
HAS_EMAIL = bool(EMAIL_URL)
vars().update(environ.Env.email_url_config(EMAIL_URL or "dummymail:"))
if EMAIL_URL and EMAIL_URL.startswith("smtp"):
    EMAIL_BACKEND = "notifications.channels.smtp.Backend"
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=10.0)  # seconds, for each answer of the server
# Seconds after which what a dead worker had claimed is given to another one; far longer than a message takes.
DELIVERY_LEASE = env.float("DELIVERY_LEASE", default=300.0)
HAS_PUSH = VAPID_PRIVATE_KEY is not None
# Push services and webhooks: each step of a request may take so many seconds.
OUTWARD_TIMEOUT = env.float("OUTWARD_TIMEOUT", default=10.0)
# Hosts (with or without a port) that may lie inside, and be spoken to without TLS.
OUTWARD_ALLOWED_HOSTS = env.list("OUTWARD_ALLOWED_HOSTS", default=[])
OUTWARD_PROXY = read_variable("OUTWARD_PROXY")
OUTWARD_CA_FILE = env.str("OUTWARD_CA_FILE", default="")
# Seconds before the second try of a message; each further one waits twice as long, up to four hours.
DELIVERY_PAUSE = env.float("DELIVERY_PAUSE", default=60.0)

# Whoever reads the figures shows this; without it there are none to be read.
METRICS_TOKEN = read_variable("METRICS_TOKEN")

# --- Logs ---------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "backend.logs.Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Django's own handlers (mail to administrators, a console only while debugging) are not wanted.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "urllib3": {"level": "ERROR"},  # its warnings quote whole addresses: those of devices are secrets
    },
}

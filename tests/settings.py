"""The settings of a test run: the real ones, quicker where nothing depends on it."""

from backend.settings import *  # noqa: F403
from backend.settings import DATABASES, EMBEDDED, SQLITE_OPTIONS, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CELERY_BROKER_URL = "memory://"
(VAR_DIR / "static").mkdir(exist_ok=True)  # collected files are not needed, but looked for

if EMBEDDED:
    # A file, since threads that share a database in memory share its transactions too. It need not outlive a
    # power cut: tests of durability start processes of their own, with the real settings.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        **SQLITE_OPTIONS,
        "init_command": SQLITE_OPTIONS["init_command"].replace("synchronous=FULL", "synchronous=OFF"),
    }

"""Settings: the only reader of the environment. Each variable is described in .env.example."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from qspro.environment import (
    database,
    env,
    env_bool,
    env_choice,
    env_int,
    env_keys,
    env_list,
    env_number,
    env_numbers,
    env_rate,
    env_secret,
    env_secret_url,
    env_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# --- The deployment -------------------------------------------------------------------------------------------------

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_secret("SECRET_KEY")
ENCRYPTION_KEYS = env_keys("ENCRYPTION_KEYS")
PUBLIC_URL = env_url("PUBLIC_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
CORS_ALLOWED_ORIGINS = env_list("CORS_ALLOWED_ORIGINS")
ADMIN_API_KEY = env_secret("ADMIN_API_KEY", "")
READY_FILE = env("READY_FILE", "")
# A first member of staff, made by `manage.py sample_data`.
ADMIN_USER = env("ADMIN_USER", "")
ADMIN_PASSWORD = env_secret("ADMIN_PASSWORD", "")

# --- Django ---------------------------------------------------------------------------------------------------------

ROOT_URLCONF = "qspro.urls"
ASGI_APPLICATION = "qspro.asgi.application"
AUTH_USER_MODEL = "tenants.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
STATIC_URL = "/static/"
# Straight from the packages they come with, listed once at start: there is no collectstatic to forget, neither on one
# machine nor in an image, and never a copy older than the code. What it costs are names with hashes for long caching.
WHITENOISE_USE_FINDERS = True

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_eventstream",
    "django_celery_beat",
    "django_prometheus",
    "qspro",
    "tenants",
    "leases",
    "events",
    "mce_bridge",
    "shell_query",
    "console",
    "operators",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "qspro.logging.RequestIdMiddleware",
    "qspro.tracing.TracingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "qspro.static.StaticFiles",
    "corsheaders.middleware.CorsMiddleware",
    "operators.middleware.AdminGate",
    "qspro.framing.FramingMiddleware",
    "qspro.caching.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenants.middleware.SessionTimeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.middleware.CallerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Three roles on one database: the runtime role obeys the policies, the owner migrates, the operator reads for the admin
DATABASE_POOL = env_int("DATABASE_POOL", 15)
DATABASES = {
    "default": database("DATABASE_URL", pool=DATABASE_POOL),
    "owner": database("DATABASE_OWNER_URL", pool=0),
    "operator": database("DATABASE_OPERATOR_URL", pool=min(DATABASE_POOL, 4)),
}
DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
DATABASES["operator"]["TEST"] = {"MIRROR": "owner"}
DATABASE_ROUTERS = ["tenants.routers.StaffRouter"]

AUTHENTICATION_BACKENDS = ["tenants.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/admin/login/"
SESSION_ENGINE = "tenants.session_store"
SESSION_COOKIE_AGE = env_int("SESSION_IDLE_SECONDS", 1800, least=120)
SESSION_MAX_SECONDS = env_int("SESSION_MAX_SECONDS", 8 * 3600, least=120)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
# In MCE's frame we are another site: browsers then send cookies only if they are made for it.
EMBEDDED_IN_MCE = env_bool("EMBEDDED_IN_MCE", False)
if EMBEDDED_IN_MCE and not SESSION_COOKIE_SECURE:
    raise ImproperlyConfigured("EMBEDDED_IN_MCE needs a PUBLIC_URL that begins with https://.")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "None" if EMBEDDED_IN_MCE else "Lax"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
X_FRAME_OPTIONS = "DENY"
# The admin shows a new API key in a message: in the browser's own cookie it is written down nowhere.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- The API --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.authentication.CallerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.authentication.IsCaller"],
    "DEFAULT_RENDERER_CLASSES": ["qspro.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["qspro.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "qspro.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    # Of X-Forwarded-For counts what our own proxies have added; with none of them, nothing.
    "NUM_PROXIES": env_int("TRUSTED_PROXIES", 0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "QS Pro",
    "DESCRIPTION": "SQL on Salesforce Marketing Cloud Engagement.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "qspro.schema.add_events",
        "qspro.schema.bound_path_numbers",
        "qspro.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {"StatusEnum": "shell_query.serializers.STATUSES"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}
# By address for who is not known yet, else by user.
RATE_LIMITS = {
    "sign_in": env_rate("RATE_SIGN_IN", "60/minute"),
    "tokens": env_rate("RATE_TOKENS", "120/minute"),
    "managing": env_rate("RATE_MANAGING", "120/minute"),
    "admin_sign_in": env_rate("RATE_ADMIN_SIGN_IN", "10/minute"),
}
# The seconds are those that the doctor lets clocks be apart: of two API machines one makes what the other takes.
SIMPLE_JWT = {"USER_ID_CLAIM": "sub", "LEEWAY": 5}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
ACCESS_TOKEN_SECONDS = env_int("ACCESS_TOKEN_SECONDS", 900, least=1)
REFRESH_TOKEN_SECONDS = env_int("REFRESH_TOKEN_SECONDS", 14 * 86400, least=1)

# --- Redis, Celery --------------------------------------------------------------------------------------------------

REDIS_URL = env_secret_url("REDIS_URL", schemes=("redis", "rediss", "unix"))
REDIS_TIMEOUT_SECONDS = env_number("REDIS_TIMEOUT_SECONDS", 1, least=0.05)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "qspro",
        "OPTIONS": {
            "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
            "socket_timeout": REDIS_TIMEOUT_SECONDS,
        },
    },
    # What data extensions look like, in the process itself (decision 0015).
    "metadata": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "metadata",
        "TIMEOUT": env_number("METADATA_CACHE_SECONDS", 300),
        "OPTIONS": {"MAX_ENTRIES": env_int("METADATA_CACHE_ENTRIES", 2_000, least=1)},
    },
}

CELERY_BROKER_URL = env_secret_url("CELERY_BROKER_URL", REDIS_URL, schemes=("redis", "rediss", "amqp", "amqps"))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A Redis that takes no writes for a while, as in a failover, answers with errors of its own; a worker ends by them.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
# Of a ring: the row waits, not the caller; workers and beat connect again for ever.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"max_retries": 0}
if CELERY_BROKER_URL.startswith(("amqp://", "amqps://")):
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "connect_timeout": REDIS_TIMEOUT_SECONDS,
        "write_timeout": REDIS_TIMEOUT_SECONDS,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
        # A Redis that is connected and silent would otherwise keep who submits a run, and the tick, for ever. Waiting
        # for messages is not bound by it.
        "socket_timeout": REDIS_TIMEOUT_SECONDS,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }
CELERY_TASK_DEFAULT_QUEUE = "runs"
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
# Holds for late acknowledgement alone; unset, each lost connection writes a page of warning about it.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 75
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_BEAT_SCHEDULER = "leases.beat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
WORKER_SLOTS = env_int("WORKER_SLOTS", 50, least=1)

# --- The run engine (docs/run-states.md) ----------------------------------------------------------------------------

LEASE_SECONDS = env_number("LEASE_SECONDS", 30, least=1)
STEP_DEADLINE_SECONDS = env_number("STEP_DEADLINE_SECONDS", 20, least=1)
RUN_TIMEOUT_SECONDS = env_number("RUN_TIMEOUT_SECONDS", 29 * 60, least=1)
RUN_START_TIMEOUT_SECONDS = env_number("RUN_START_TIMEOUT_SECONDS", 15 * 60, least=1)
RUN_LOOK_SECONDS = env_numbers("RUN_LOOK_SECONDS", "2,4,8,16,30", least=0.05)
RUN_BACKOFF_SECONDS = env_number("RUN_BACKOFF_SECONDS", 5, least=0.05)
RUN_CONFIRM_SECONDS = env_number("RUN_CONFIRM_SECONDS", 15)
RUN_NEVER_SEEN_SECONDS = env_number("RUN_NEVER_SEEN_SECONDS", 60)
RUN_LIMIT_PER_USER = env_int("RUN_LIMIT_PER_USER", 10, least=1)
STREAM_LIMIT_PER_USER = env_int("STREAM_LIMIT_PER_USER", 5, least=1)
RESULT_PAGE_SIZE = env_int("RESULT_PAGE_SIZE", 50, least=1)
RESULT_PAGE_LIMIT = env_int("RESULT_PAGE_LIMIT", 50, least=1)
SQL_MAX_CHARACTERS = env_int("SQL_MAX_CHARACTERS", 100_000, least=1)
# Upkeep. The age is never below an hour: the results of ready runs are swept away, too.
SWEEP_AGE_SECONDS = env_number("SWEEP_AGE_SECONDS", 24 * 3600, least=3600)
SWEEP_SPREAD_SECONDS = env_number("SWEEP_SPREAD_SECONDS", 3600, least=1)
RUN_RETENTION_DAYS = env_int("RUN_RETENTION_DAYS", 90, least=1)

# --- Events ---------------------------------------------------------------------------------------------------------

STREAM_KEEPALIVE_SECONDS = env_number("STREAM_KEEPALIVE_SECONDS", 15, least=0.1)
STREAM_CATCH_UP_SECONDS = env_number("STREAM_CATCH_UP_SECONDS", 3, least=0.1)
STREAM_SLOT_SECONDS = env_number("STREAM_SLOT_SECONDS", 45, least=1)

# --- Marketing Cloud ------------------------------------------------------------------------------------------------

# Addresses of a sandbox, allowed beside *.marketingcloudapis.com; empty in production.
MCE_SANDBOX_URL = env_url("MCE_SANDBOX_URL", "")
# Our own app at MCE, through which people sign in; empty: they cannot.
MCE_CLIENT_ID = env("MCE_CLIENT_ID", "")
MCE_CLIENT_SECRET = env_secret("MCE_CLIENT_SECRET", "")
MCE_CONNECT_TIMEOUT_SECONDS = env_number("MCE_CONNECT_TIMEOUT_SECONDS", 5, least=0.05)
MCE_READ_TIMEOUT_SECONDS = env_number("MCE_READ_TIMEOUT_SECONDS", 15, least=0.05)
# Of one business unit over all workers; each worker's slots serve all units.
MCE_CALLS_PER_UNIT = env_int("MCE_CALLS_PER_UNIT", 8, least=1)
MCE_PAUSE_SECONDS = env_number("MCE_PAUSE_SECONDS", 5, least=0.05)
MCE_MAX_ANSWER_BYTES = env_int("MCE_MAX_ANSWER_BYTES", 20 * 1024 * 1024, least=1024)

# --- Flower ---------------------------------------------------------------------------------------------------------

FLOWER_URL = env_url("FLOWER_URL", "")
FLOWER_BASIC_AUTH = env_secret("FLOWER_BASIC_AUTH", "")

# --- Metrics --------------------------------------------------------------------------------------------------------

METRICS_TOKEN = env_secret("METRICS_TOKEN", "")
METRICS_ADDRESSES = env_list("METRICS_ADDRESSES")
# Shared by the processes of one machine; prometheus_client reads the variable itself.
PROMETHEUS_MULTIPROC_DIR = env("PROMETHEUS_MULTIPROC_DIR", "")
METRICS_PORT = env_int("METRICS_PORT", 0)

# --- Traces ---------------------------------------------------------------------------------------------------------

OTEL_EXPORTER_OTLP_ENDPOINT = env_url("OTEL_EXPORTER_OTLP_ENDPOINT", "")
OTEL_EXPORTER_OTLP_HEADERS = env_secret("OTEL_EXPORTER_OTLP_HEADERS", "")
OTEL_SERVICE_NAME = env("OTEL_SERVICE_NAME", "qspro")

# --- Logs -----------------------------------------------------------------------------------------------------------

LOG_FORMAT = env_choice("LOG_FORMAT", "text", ("text", "json"))
LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"outages": {"()": "qspro.outages.OneLineEach"}},
    "formatters": {"ours": {"()": "qspro.logging.formatter", "log_format": LOG_FORMAT}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "ours", "filters": ["outages"]},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # It comes with handlers of its own, which would write lines of another form.
        "uvicorn": {"handlers": [], "propagate": True},
        # Whole addresses, with the codes of sign-ins and the tickets of streams: it writes them wherever it finds a
        # handler, whatever --no-access-log says.
        "uvicorn.access": {"handlers": [], "propagate": False},
        "django.db.backends": {"level": "WARNING"},
        "zeep": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},  # its DEBUG lines hold paths, and those customer keys
        # One line a message, each second: what was done is said by who did it.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "opentelemetry.exporter": {"level": "CRITICAL"},  # qspro.telemetry says it in one line
    },
}

"""Django's settings, all of them derived from `integration.environment`."""

import tomllib
from datetime import timedelta
from pathlib import Path

from csp import constants as csp
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from integration.console import site as console_site
from integration.database import database_at
from integration.environment import Environment
from integration.logs import logging_config
from integration.mail_server import Security
from integration.rooms import APPS
from integration.sentry import start_sentry
from ledger.checks.period import MAINLAND

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment()  # filled from the process' environment

DEBUG = False
# Its one home: the API's document, metrics and the image name it, `make release` raises it.
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SECRET_KEY = ENVIRONMENT.secret_key.get_secret_value()
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
PUBLIC_URL = ENVIRONMENT.public_url
KEY_PEPPERS = [secret.get_secret_value() for secret in (ENVIRONMENT.key_pepper, *ENVIRONMENT.key_pepper_fallbacks)]
TOKEN_KEYS = [key.get_secret_value() for key in ENVIRONMENT.token_keys]

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "hijack",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "drf_spectacular",
    "csp",
    *APPS,
    "integration",
]
# Whose permissions the roles give (`tenants.users`).
OUR_APPS = APPS

MIDDLEWARE = [
    "integration.request_number.RequestNumber",
    "integration.access.Access",
    "integration.health.Probes",
    "integration.declared.Declared",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "integration.compressed.CompressPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "integration.upload_limit.UploadLimit",
    "integration.usable_text.UsableTextMiddleware",
    "tenants.wall.AtTheDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "integration.language.LanguageMiddleware",
    "integration.error_pages.WrongMethod",
    "clyo_ingest.overload.ShedLoad",
    "clyo_ingest.unread.ReadToTheEnd",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "hijack.middleware.HijackUserMiddleware",
    "tenants.audit.ActorMiddleware",
    "integration.language.PersonLanguageMiddleware",
    "integration.console.account_page.LogInMiddleware",
    "integration.console.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "tenants.wall.AsPerson",
    "tenants.chosen.ChoosesCustomer",
]

ROOT_URLCONF = "integration.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "integration" / "templates"],  # before every app's own
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["integration.unfold_templates.FromFolders", "integration.unfold_templates.FromApps"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "integration.console.help.beside.help_beside",
            ],
        },
    }
]

DATABASES = {"default": database_at(ENVIRONMENT.database_url.get_secret_value())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "tenants.by_password.ByPassword"]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.redis_url.get_secret_value(),
        "KEY_PREFIX": "clyo",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    },
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

LANGUAGE_CODE = "fr"
FORMAT_MODULE_PATH = ["integration.formats"]
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "integration" / "locale"]
USE_I18N = True
TIME_ZONE = MAINLAND.key
USE_TZ = True

# Widgets are read as every other template: unfold's have icons too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "static-collected"
# Found before unfold's own: of its icons those that are shown (`make icons`).
OVER_UNFOLD = ROOT / "integration" / "over_unfold"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [("handbook", ROOT / "docs" / "fr" / "pictures"), OVER_UNFOLD]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "integration.static_names.NamedByContent"},
}
WHITENOISE_USE_FINDERS = ENVIRONMENT.local

DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "integration.error_pages.csrf_failure"
# The console's own framework needs inline scripts; everything else has none.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/console/"],
    "DIRECTIVES": {
        "default-src": [csp.NONE],
        "style-src": [csp.SELF],
        "script-src": [csp.SELF],
        "connect-src": [csp.SELF],
        "img-src": [csp.SELF],
        "form-action": [csp.SELF],
        "frame-ancestors": [csp.NONE],
        "base-uri": [csp.NONE],
    },
}
SESSION_ENGINE = "integration.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
if not ENVIRONMENT.local:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trusted_proxies else None
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["clyo_ingest.authentication.TillKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["clyo_ingest.authentication.IsTill"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "clyo_ingest.negotiation.JsonAnyway",
    "DEFAULT_SCHEMA_CLASS": "clyo_ingest.schema.TillApiSchema",
    "DEFAULT_THROTTLE_RATES": {"push": ENVIRONMENT.push_rate, "pairing": ENVIRONMENT.pairing_rate},
    # `?format=` chooses no renderer: it is a parameter of the till API like any other.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "clyo_ingest.errors.answer_exception",
    "NUM_PROXIES": ENVIRONMENT.trusted_proxies,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["clyo_ingest.schema.add_what_is_common"],
}

METRICS_PORT = ENVIRONMENT.metrics_port
METRICS_HOST = ENVIRONMENT.metrics_host

CELERY_BROKER_URL = ENVIRONMENT.redis_url.get_secret_value()
EXACT_TIMEOUT_S = ENVIRONMENT.exact_timeout_s
WEB_IN_FLIGHT = ENVIRONMENT.web_in_flight
EXACT_MINUTE_RESERVE = ENVIRONMENT.exact_minute_reserve
EXACT_DAY_RESERVE = ENVIRONMENT.exact_day_reserve
EXACT_LEASE_MARGIN_S = ENVIRONMENT.exact_lease_margin_s
EXACT_BACKOFF_MAX_S = ENVIRONMENT.exact_backoff_max_s
EXACT_RECONNECT_PAUSE_S = ENVIRONMENT.exact_reconnect_pause_s
WORKER_CONNECTIONS = ENVIRONMENT.worker_connections
LETTERS_AT = ENVIRONMENT.letters_at
WEBHOOKS_TO_LOOPBACK = ENVIRONMENT.webhooks_to_loopback
SWEEP_EVERY_S = ENVIRONMENT.sweep_every_s

# Where mail goes and whom it is from. Without a server, which production refuses, it is a file for developers to read.
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.sender
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = ROOT / ".local" / "mail"
MAIL_SERVER = ENVIRONMENT.mail_server
if MAIL_SERVER is None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
else:
    EMAIL_BACKEND = "integration.mail_counted.CountedEmailBackend"
    EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.host, MAIL_SERVER.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_SERVER.user, MAIL_SERVER.password
    EMAIL_USE_TLS = MAIL_SERVER.security is Security.STARTTLS
    EMAIL_USE_SSL = MAIL_SERVER.security is Security.TLS

LOGGING_CONFIG = None
logging_config(level=ENVIRONMENT.log_level, style=ENVIRONMENT.log_format)
start_sentry(ENVIRONMENT.sentry_dsn, stage=ENVIRONMENT.clyo_env, release=VERSION)

# Five wrong passwords of one address for one person close the door for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "integration.callers.address_of"
AXES_USERNAME_CALLABLE = "integration.callers.name_of"
AXES_LOCKOUT_TEMPLATE = "console/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies

OTP_TOTP_ISSUER = "Clyo → Exact"
SUPPORT_SECOND_FACTOR = ENVIRONMENT.support_second_factor

LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = reverse_lazy("admin:index")
HIJACK_PERMISSION_CHECK = "tenants.acting.may_look_through"
UNFOLD = console_site.UNFOLD

"""The one settings file. Every difference between installations is an environment variable, read here.

docs/running.md lists the variables. Unsafe production settings refuse to start and name the mend.
"""

import shutil
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from portal import environment, providers

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environment.text("VAR_DIR", str(BASE_DIR / "var")))

ENV = environment.choice("PORTAL_ENV", "dev", {"dev", "test", "demo", "production"})
PRODUCTION = ENV == "production"
DEMO = ENV == "demo"
TESTING = ENV == "test"
if not PRODUCTION:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
DEBUG = False

if PRODUCTION:
    SECRET_KEY = environment.text("SECRET_KEY")
    ACCESS_LOG_KEY = environment.text("ACCESS_LOG_KEY")
    for _name, _key in {"SECRET_KEY": SECRET_KEY, "ACCESS_LOG_KEY": ACCESS_LOG_KEY}.items():
        if len(_key) < 50:
            raise ImproperlyConfigured(f"{_name} needs at least 50 random characters.")
    if SECRET_KEY == ACCESS_LOG_KEY:
        raise ImproperlyConfigured("ACCESS_LOG_KEY and SECRET_KEY must differ.")
else:
    SECRET_KEY = environment.text("SECRET_KEY", "insecure-outside-production-" + "0" * 40)
    ACCESS_LOG_KEY = environment.text("ACCESS_LOG_KEY", "insecure-outside-production-" + "1" * 40)
# Keys of yesterday that still verify while they are being rotated out.
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names of the portal, comma-separated.")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
# Where links in e-mails point; no trailing slash.
PORTAL_URL = environment.text("PORTAL_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000")
# How many proxies of our own stand before the portal; 0 believes no X-Forwarded-For at all.
TRUSTED_PROXIES = environment.integer("TRUSTED_PROXIES", 0)

# The organisation whose portal this is
PORTAL_NAME = environment.text("PORTAL_NAME", "MyLarkspur")
ORGANIZATION_NAME = environment.text("ORGANIZATION_NAME", "Larkspur Health")
ORGANIZATION_ADDRESS = environment.text(
    "ORGANIZATION_ADDRESS", "Larkspur Health, 100 Garden Street, Hartford, CT 06103"
)
SERVICE_PHONE = environment.text("SERVICE_PHONE", "860-555-0142")
SERVICE_TTY = environment.text("SERVICE_TTY", "711")
SERVICE_EMAIL = environment.text("SERVICE_EMAIL", "help@larkspur.example")
SERVICE_HOURS = environment.text("SERVICE_HOURS", "Monday to Friday, 8 to 6")
NURSE_LINE = environment.text("NURSE_LINE", "860-555-0199")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "portal.apps.PortalAdminConfig",
    "records",
    "billing",
    "messaging",
    "portal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "captcha",
    "django_tasks_db",
]

MIDDLEWARE = [
    "portal.middleware.ReferenceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.NoStoreMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.SessionPolicyMiddleware",
    "portal.accounts.middleware.StaffSecondFactorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.portal",
            ],
        },
    },
]
if not PRODUCTION:
    INSTALLED_APPS += ["billing.sandbox"]
if DEMO:
    INSTALLED_APPS += ["portal.demo"]
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("portal.demo.context_processors.demo")  # type: ignore[index]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": environment.database(environment.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"))
}
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if PRODUCTION and "sqlite" in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured("Production runs on PostgreSQL: set DATABASE_URL=postgres://….")

# allauth's rate limits and nothing else live here; every process must see the same counts.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Who may sign in, and for how long
AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backend.PortalBackend"]
PASSWORD_HASHERS = ["portal.accounts.hashers.PortalArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:welcome"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# The demo and tests run on plain http on loopback, where a browser drops Secure cookies.
HTTPS = environment.flag("HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
if PRODUCTION and not HTTPS:
    raise ImproperlyConfigured("Production needs HTTPS: remove HTTPS=false.")

# accounts: allauth's switches, explained where they differ from its defaults
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True  # One address per account; the new one replaces it once it is verified.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Sign-in is throttled by our adapter; what allauth counts under this name are codes of the second factor.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "reauthenticate": "portal.accounts.forms.ReauthenticateForm",
    "add_email": "portal.accounts.forms.AddEmailForm",
    "change_email": "portal.accounts.forms.ChangeEmailForm",
    "confirm_email_verification_code": "portal.accounts.forms.ConfirmEmailForm",
    "change_password": "portal.accounts.forms.ChangePasswordForm",
    "reset_password": "portal.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.ResetPasswordKeyForm",
    "set_password": "portal.accounts.forms.SetPasswordForm",
}
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "portal.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PORTAL_NAME
# A passkey wants https; the demo and tests are plain http on this machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.SecondFactorForm",
    "reauthenticate": "portal.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "portal.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "portal.accounts.forms.AddKeyForm",
    "edit_webauthn": "portal.accounts.forms.EditKeyForm",
}

# What the browser may do
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": f"django.core.files.storage.{'InMemoryStorage' if TESTING else 'FileSystemStorage'}"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENV in {"dev", "test"}
        else "portal.static_storage.StaticStorage"
    },
}
# Without a collected copy, files come straight from static/.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = ENV in {"dev", "test"}
# What people send is kept here, which no web server serves: pages behind a gate hand it out.
MEDIA_ROOT = Path(environment.text("FILES_DIR", str(VAR_DIR / "media")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "records.documents.files.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_MAX_BYTES = environment.integer("FILE_MAX_BYTES", 10_000_000, minimum=1)
FILES_PER_MESSAGE = environment.integer("FILES_PER_MESSAGE", 5)
# Where clamd listens, as host:port or the path of a socket; with it, no file is taken without its word.
CLAMD_ADDRESS = environment.text("CLAMD_ADDRESS", "")
if CLAMD_ADDRESS and not CLAMD_ADDRESS.startswith("/") and not CLAMD_ADDRESS.rpartition(":")[2].isdigit():
    raise ImproperlyConfigured(f"CLAMD_ADDRESS={CLAMD_ADDRESS!r} is neither host:port nor the path of a socket.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "portal.logs.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        # Django's own words on 4xx quote what somebody typed into the address bar.
        "django.request": {"level": "ERROR"},
        "portal": {"level": "INFO"},
    },
}

# Words and time
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", _("English"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
USE_TZ = True
# The clinic's own clock: what is shown, and what booking rules mean by "tomorrow".
TIME_ZONE = environment.text("CLINIC_TIME_ZONE", "America/New_York")
DATE_FORMAT = "M j, Y"

# E-mail
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", f"{PORTAL_NAME} <no-reply@larkspur.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILERS: dict[str, dict[str, Any]]
if TESTING:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
elif DEMO:
    MAILERS = {"default": {"BACKEND": "portal.demo.mailbox.DemoMailbox"}}
elif PRODUCTION:
    _smtp_host, _starttls = environment.text("EMAIL_HOST"), environment.flag("EMAIL_STARTTLS", default=True)
    if not _starttls and _smtp_host not in {"localhost", "127.0.0.1", "::1"}:
        raise ImproperlyConfigured("EMAIL_STARTTLS=false would send mails in clear: only for a relay on this machine.")
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _smtp_host,
                "port": environment.integer("EMAIL_PORT", 587),
                "username": environment.text("EMAIL_USER", ""),
                "password": environment.text("EMAIL_PASSWORD", ""),
                "use_tls": _starttls,
                "timeout": 15,
            },
        }
    }
else:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}

# Being told
# Who sends text messages; empty means that none are offered.
TWILIO_ACCOUNT_SID = environment.text("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = environment.text("TWILIO_AUTH_TOKEN", "")
TWILIO_FROM = environment.text("TWILIO_FROM", "")
TWILIO_API_BASE = "https://api.twilio.com"
SMS_PROVIDER = "records.notifications.sms.twilio.TwilioSms" if TWILIO_ACCOUNT_SID else ""
if TWILIO_ACCOUNT_SID and not (TWILIO_AUTH_TOKEN and TWILIO_FROM):
    raise ImproperlyConfigured("TWILIO_ACCOUNT_SID needs TWILIO_AUTH_TOKEN and TWILIO_FROM beside it.")
if DEMO:
    SMS_PROVIDER = "portal.demo.mailbox.DemoTexts"
# Signs what a mail service reports to /webhooks/mail/; empty refuses all of it.
MAIL_WEBHOOK_KEY = environment.text("MAIL_WEBHOOK_KEY", "")
# The mailbox that `manage.py read_bounces` reads.
BOUNCE_IMAP_HOST = environment.text("BOUNCE_IMAP_HOST", "")
BOUNCE_IMAP_USER = environment.text("BOUNCE_IMAP_USER", "")
BOUNCE_IMAP_PASSWORD = environment.text("BOUNCE_IMAP_PASSWORD", "")
# The hour, by the clinic's clock, in which summaries of the day are sent.
DIGEST_HOUR = environment.integer("DIGEST_HOUR", 17)

# Paying
STRIPE_SECRET_KEY = environment.text("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = environment.text("STRIPE_WEBHOOK_SECRET", "")
# The secret of yesterday, good until Stripe has stopped using it.
STRIPE_WEBHOOK_SECRET_OLD = environment.text("STRIPE_WEBHOOK_SECRET_OLD", "")
# Another server than Stripe's own, for tests and the demo.
STRIPE_API_BASE = environment.text("STRIPE_API_BASE", "")
# The provider's gateway; empty means that nothing can be paid online, and every bill says so.
PAYMENT_GATEWAY = providers.gateway_path(
    production=PRODUCTION,
    chosen=environment.text("PAYMENT_GATEWAY", providers.SANDBOX if TESTING else providers.BY_KEYS),
    key=STRIPE_SECRET_KEY,
    webhook_secret=STRIPE_WEBHOOK_SECRET,
    api_base=STRIPE_API_BASE,
)
if not PRODUCTION:
    SANDBOX_NOTICE_KEY = environment.text("SANDBOX_NOTICE_KEY", "insecure-outside-production-" + "2" * 40)
    SANDBOX_NOTICE_SINK = "billing.payments.notices.ingest"
    # How long the sandbox's banks take to say yes or no.
    SANDBOX_BANK_SECONDS = environment.integer("SANDBOX_BANK_SECONDS", 0 if TESTING else 60)
# A payment of the same amount on the same account within so many days is warned of before the next one.
DUPLICATE_DAYS = environment.integer("DUPLICATE_DAYS", 7)
# When more than this has been asked back of one payment, a second person has to agree.
REFUND_APPROVAL_CENTS = environment.integer("REFUND_APPROVAL_CENTS", 100_00)
# Statements: at most one in so many days for an account, to be paid within so many days.
STATEMENT_EVERY_DAYS = environment.integer("STATEMENT_EVERY_DAYS", 28, minimum=1)
STATEMENT_DUE_DAYS = environment.integer("STATEMENT_DUE_DAYS", 30, minimum=1)
# A folder of fonts for names in letters that typst's own fonts lack, as Chinese and Korean.
STATEMENT_FONTS = environment.text("STATEMENT_FONTS", "")
AGENCY_NAME = environment.text("AGENCY_NAME", "Harbor Recovery Services")
AGENCY_PHONE = environment.text("AGENCY_PHONE", "860-555-0177")
# Who at the agency hears of a payment here while it deals with the account; nobody where it is empty.
AGENCY_EMAIL = environment.text("AGENCY_EMAIL", "")
# The most that Medicaid lets an adult be asked for one visit; the rest of their share goes to staff (42 CFR 447.52).
MEDICAID_COPAY_CENTS = environment.integer("MEDICAID_COPAY_CENTS", 400)
# How long a claim may wait for an answer; Medicare takes none after a year (42 CFR 424.44).
CLAIM_PENDING_DAYS = environment.integer("CLAIM_PENDING_DAYS", 365)

# The characters a guest types before a look-up
CAPTCHA_CHALLENGE_FUNCT = "billing.guest.captcha.challenges.challenge"
CAPTCHA_TIMEOUT = 15
# The program that speaks them; without it they are only shown.
FLITE_PATH = environment.text("FLITE_PATH", shutil.which("flite") or "")
if FLITE_PATH and shutil.which(FLITE_PATH) is None:
    raise ImproperlyConfigured(f"FLITE_PATH={FLITE_PATH!r} is no program: install flite, or leave it empty.")

# Messages. False: no message is ever billed, whatever its pool says.
MESSAGES_MAY_BE_BILLED = environment.flag("MESSAGES_MAY_BE_BILLED", default=True)

# Appointments: how many a patient can have ahead by booking online, how long staff take for a wish (business
# days), when reminders go out (hours before), and how long before
# its start check-in (days) and a video visit (minutes) open.
APPOINTMENTS_AHEAD = environment.integer("APPOINTMENTS_AHEAD", 10)
APPOINTMENT_REQUEST_DAYS = environment.integer("APPOINTMENT_REQUEST_DAYS", 2)
APPOINTMENT_REMINDER_HOURS = environment.integers("APPOINTMENT_REMINDER_HOURS", "504,72,3")
CHECK_IN_DAYS = environment.integer("CHECK_IN_DAYS", 7)
# Where video visits take place; {room} becomes a name of its own for each. Without it staff enter each link.
VIDEO_VISIT_URL = environment.text("VIDEO_VISIT_URL", "")
if VIDEO_VISIT_URL and (not VIDEO_VISIT_URL.startswith("https://") or "{room}" not in VIDEO_VISIT_URL):
    raise ImproperlyConfigured("VIDEO_VISIT_URL is no https address with {room} in it.")
VIDEO_OPENS_MINUTES = environment.integer("VIDEO_OPENS_MINUTES", 15)
# The wait list: for how many appointments a patient can wait, and how long an offer stands (minutes of the day).
WAITLIST_ENTRIES = environment.integer("WAITLIST_ENTRIES", 3)
WAITLIST_OFFER_MINUTES = environment.integer("WAITLIST_OFFER_MINUTES", 60, minimum=5)

# Refills: by when each kind is answered (business days), how long before the supply ends it can be asked for (days),
# and for how long a prescription that is not controlled and names no end is good (months; a year in most states).
REFILL_ANSWER_DAYS = {
    "refill": environment.integer("REFILL_DAYS", 1),
    "renewal": environment.integer("RENEWAL_DAYS", 2),
    "new": environment.integer("NEW_PRESCRIPTION_DAYS", 3),
}
REFILL_EARLY_DAYS = environment.integer("REFILL_EARLY_DAYS", 7)
PRESCRIPTION_MONTHS = environment.integer("PRESCRIPTION_MONTHS", 12, minimum=1)

# What comes in
IMPORT_SOURCE = environment.text("IMPORT_SOURCE", "clinic")
IMPORT_MAX_BYTES = environment.integer("IMPORT_MAX_BYTES", 100_000_000, minimum=1)

# The access log's signed heads are copied here, outside the database, so that a cut tail is found.
ACCESS_LOG_CHECKPOINTS = Path(environment.text("ACCESS_LOG_CHECKPOINTS", str(VAR_DIR / "access-log-checkpoints")))

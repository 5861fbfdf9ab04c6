"""What an installation may set is written down, and unsafe production settings do not start."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "a" * 64,
    "ACCESS_LOG_KEY": "b" * 64,
    "DATABASE_URL": "postgres://portal@db.example.org/portal",
    "ALLOWED_HOSTS": "portal.example.org",
    "EMAIL_HOST": "mail.example.org",
    "STRIPE_SECRET_KEY": "sk_live_none",
    "STRIPE_WEBHOOK_SECRET": "whsec_none",
}


def test_every_variable_is_documented():
    source = (settings.BASE_DIR / "portal" / "settings.py").read_text()
    documented = (settings.BASE_DIR / "docs" / "running.md").read_text()
    variables = re.findall(r"environment\.\w+\(\s*\"([A-Z_]+)\"", source)
    assert len(variables) > 20
    assert not [name for name in variables if f"`{name}`" not in documented]


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Starts Django with production settings in a process of its own."""
    wanted = {name: value for name, value in {**SAFE, **changes}.items() if value is not None}
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR), **wanted}
    program = "import portal.wsgi; print('started')"
    return subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)  # noqa: S603


def test_safe_settings_start():
    assert start().stdout == "started\n", start().stderr


def test_mails_may_go_in_clear_to_a_relay_on_this_machine():
    assert start(EMAIL_STARTTLS="false", EMAIL_HOST="127.0.0.1").stdout == "started\n"


@pytest.mark.parametrize(
    ("change", "mend"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "at least 50 random characters"),
        ({"ACCESS_LOG_KEY": "a" * 64}, "must differ"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": "sqlite:////tmp/x.sqlite3"}, "PostgreSQL"),
        ({"DATABASE_URL": "mysql://x/y"}, "postgres://"),
        ({"HTTPS": "false"}, "HTTPS"),
        ({"HTTPS": "maybe"}, "neither true nor false"),
        ({"EMAIL_HOST": None}, "EMAIL_HOST"),
        ({"EMAIL_PORT": "many"}, "not a whole number"),
        ({"EMAIL_STARTTLS": "false"}, "in clear"),
        ({"PAYMENT_GATEWAY": "billing.sandbox.gateway.SandboxGateway"}, "no real money"),
        ({"PORTAL_ENV": "prod"}, "one of"),
    ],
)
def test_unsafe_settings_refuse_to_start_and_name_the_mend(change, mend):
    process = start(**change)
    assert process.returncode != 0
    assert mend in process.stderr.splitlines()[-1]

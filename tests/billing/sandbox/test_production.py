"""The sandbox cannot exist where money is real: each layer is asked by itself, in a process of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.sqlite

PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "k" * 60,
    "ACCESS_LOG_KEY": "l" * 60,
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgres://nobody@localhost/none",
    "EMAIL_HOST": "mail.example",
    "PAYMENT_GATEWAY": "tests.billing.stand_ins.LiveGateway",
}


def _run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings"} | PRODUCTION | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_refuse_the_sandbox_gateway():
    done = _run(
        "from django.conf import settings; settings.DEBUG", PAYMENT_GATEWAY="billing.sandbox.gateway.SandboxGateway"
    )
    assert done.returncode == 1
    assert "set PAYMENT_GATEWAY to a live provider" in done.stderr


def test_production_has_neither_the_app_nor_its_key_nor_its_pages():
    done = _run(
        "import django; django.setup()\n"
        "from django.apps import apps; from django.conf import settings\n"
        "assert not apps.is_installed('billing.sandbox')\n"
        "assert not hasattr(settings, 'SANDBOX_NOTICE_KEY')\n"
        "from django.urls import Resolver404, resolve\n"
        "assert resolve('/webhooks/live/')\n"
        "for ask in (lambda: resolve('/sandbox/checkout/x/'), lambda: resolve('/webhooks/sandbox/')):\n"
        "    try: ask()\n"
        "    except Resolver404: pass\n"
        "    else: raise SystemExit('mounted')\n"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_app_refuses_to_start_when_somebody_installs_it_in_production():
    done = _run(
        "from django.conf import settings; settings.INSTALLED_APPS.append('billing.sandbox')\n"
        "import django; django.setup()\n"
    )
    assert done.returncode == 1
    assert "billing.sandbox takes no real money" in done.stderr

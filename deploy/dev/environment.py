"""What the demo's processes are told: the settings' environment variables, with secrets made once under var/."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def demo_environment(var_dir: Path, port: int) -> dict[str, str]:
    """The environment for `manage.py` and gunicorn; makes `var_dir` and its secrets when they are missing."""
    var_dir.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_ENV": "demo",
        "VAR_DIR": str(var_dir),
        "SECRET_KEY": _secret(var_dir / "secret-key"),
        "ACCESS_LOG_KEY": _secret(var_dir / "access-log-key"),
        "PORTAL_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def stripe_environment(var_dir: Path, port: int) -> dict[str, str]:
    """The demo's environment with keys of a fake Stripe on the port after its own."""
    return demo_environment(var_dir, port) | {
        "STRIPE_SECRET_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRET": "whsec_fake",
        "STRIPE_API_BASE": f"http://127.0.0.1:{port + 1}",
    }


def _secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()

"""The house keeps its shape: what stands at the top, where models live, what the locks hold."""

import subprocess

import pytest
from django.apps import apps
from django.conf import settings

ROOT = settings.BASE_DIR
TOP = {
    "manage.py", "portal", "messaging", "billing", "records", "templates", "static", "tests", "docs", "deploy",
    "pyproject.toml", "README.md", "Makefile", "LICENSE",
}  # fmt: skip
OURS = ("portal", "messaging", "billing", "records")


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if listed.returncode:
        pytest.fail("The layout is read from git, which finds no repository here.")
    return listed.stdout.splitlines()


def test_top_level_holds_only_what_the_design_names() -> None:
    top = {path.split("/")[0] for path in _tracked()}
    others = {name for name in top if not name.startswith(".") and not name.endswith(".lock")} - TOP
    assert not others


def test_models_live_in_feature_packages_not_in_the_app_itself() -> None:
    """`<app>/models.py` only re-exports; the sandbox and the demo are apps and features in one."""
    astray = [
        f"{model.__module__}.{model.__name__}"
        for model in apps.get_models()
        if model.__module__ in {f"{app}.models" for app in OURS}
    ]
    assert not astray


def _pins(lock: str) -> set[str]:
    lines = (ROOT / lock).read_text().splitlines()
    return {line.split(" ")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}


def test_development_lock_holds_the_whole_runtime_lock() -> None:
    assert _pins("requirements.lock") <= _pins("requirements-dev.lock")


def test_locks_name_no_package_index() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock"):
        assert "://" not in (ROOT / lock).read_text(), lock

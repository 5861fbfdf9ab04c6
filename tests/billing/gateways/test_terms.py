"""The core knows the protocol: the SDK of a provider is met inside that provider's gateway and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.sqlite

HOME = Path("billing/payments/gateways/stripe")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_only_stripes_gateway_imports_its_sdk():
    importing = {
        path.relative_to(settings.BASE_DIR)
        for app in ("billing", "portal", "records")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if any(f"{name}.".startswith("stripe.") for name in _imports(path))
    }
    assert importing
    assert all(HOME in path.parents for path in importing)


def test_nobody_but_the_registry_names_a_gateway():
    for app in ("billing", "portal", "records"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if HOME not in path.relative_to(settings.BASE_DIR).parents:
                assert not [name for name in _imports(path) if "gateways.stripe" in name], path

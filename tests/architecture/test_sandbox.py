"""The sandbox payment provider stands outside: it could be a company of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
SANDBOX = "billing.sandbox"
# The terms on which a gateway and a provider talk, and nothing else of billing.
TERMS = "billing.payments.gateways"
MODULES = sorted(
    path.relative_to(ROOT)
    for app in ("portal", "messaging", "billing", "records")
    for path in (ROOT / app).rglob("*.py")
)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _inside(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


# The demo plays the provider's part where a payment is to lie in the past.
PLAYERS = {("billing", "sandbox"), ("portal", "demo")}


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[:2] not in PLAYERS], ids=str)
def test_nobody_builds_on_the_sandbox(path: Path) -> None:
    assert not [name for name in _imports(path) if _inside(name, SANDBOX)]


def test_sandbox_knows_the_gateways_terms_and_nothing_else_of_billing() -> None:
    for path in MODULES:
        if path.parts[:2] == ("billing", "sandbox"):
            of_billing = [name for name in _imports(path) if _inside(name, "billing")]
            assert all(_inside(name, SANDBOX) or _inside(name, TERMS) for name in of_billing), path

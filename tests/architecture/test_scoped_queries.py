"""Views reach patients' rows through a scope, or say here why they need none."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

REACHES = {"all", "filter", "get", "exclude", "first", "values", "values_list", "get_or_create", "in_bulk"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}

# Module → why its views may ask a model without a scope.
ALLOWED: dict[str, str] = {
    "portal/home/views.py": "FAQs and the organisation's pages are about nobody",
    "portal/demo/views.py": "the demo's people and its mailbox are made up, and never installed in production",
}

VIEWS = sorted(
    path.relative_to(settings.BASE_DIR)
    for app in ("portal", "messaging", "billing", "records")
    for pattern in ("views.py", "*_views.py", "views/*.py")
    for path in (settings.BASE_DIR / app).rglob(pattern)
)


def _unscoped(tree: ast.AST) -> Iterator[int]:
    """Lines with `Model.objects.filter(…)` and the like, or `get_object_or_404(Model, …)`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in REACHES:
            owner = function.value
            if isinstance(owner, ast.Attribute) and owner.attr in {"objects", "_default_manager"}:
                yield node.lineno
        elif isinstance(function, ast.Name) and function.id in SHORTCUTS:
            target = node.args[0]
            if isinstance(target, ast.Name) or (isinstance(target, ast.Attribute) and target.attr == "objects"):
                yield node.lineno


@pytest.mark.parametrize("path", VIEWS, ids=str)
def test_views_ask_only_scoped_querysets(path: Path) -> None:
    lines = list(_unscoped(ast.parse((settings.BASE_DIR / path).read_text())))
    assert not lines or str(path) in ALLOWED, f"{path}, lines {lines}: use for_scope(…), or give a reason here"


def test_allow_list_names_only_views_that_need_it() -> None:
    for path in ALLOWED:
        assert list(_unscoped(ast.parse((settings.BASE_DIR / path).read_text()))), path

"""Templates keep their manners: a layout for every page, words that can be translated, no inline script or style."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
ALL = sorted(path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.html"))
ROOTS = {"base.html"}
# Folders whose templates are parts of pages, or are rendered by Django and its packages into pages.
PARTS = {"components", "django", "layouts"}

EXTENDS = re.compile(r"{%\s*extends\s+(?:\"([^\"]+)\"|(\w+))\s*%}")
COMMENTS = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}|<!--.*?-->", re.DOTALL)
# Said to programs: the class in block width, scripts' data, and the styles that mail programs need in the mail itself.
UNSPOKEN = re.compile(r"{%\s*block width\s*%}.*?{%\s*endblock(?:\s+width)?\s*%}|<(style|script)\b.*?</\1>", re.DOTALL)
TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>|&#?\w+;", re.DOTALL)
SPOKEN_ATTRIBUTES = re.compile(r"\b(?:alt|title|placeholder|aria-label|aria-description)=\"([^\"]*)\"")
UNITS = {"mmHg"}  # The same in every language.
WORD = re.compile(r"[^\W\d_]{2,}")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style\b|\sstyle=|\son[a-z]+=\"", re.IGNORECASE
)


def _is_page(path: Path) -> bool:
    return path.parts[0] not in PARTS and not path.name.startswith("_") and str(path) not in ROOTS


def _text(path: Path) -> str:
    return (TEMPLATES / path).read_text()


def _reaches_base(path: str) -> bool:
    """Follows `extends`; a layout given as a variable is one of layouts/ by the view's choice."""
    if path in ROOTS or path == "layouts/email.html":
        return True
    if not (TEMPLATES / path).exists():
        return path.startswith("admin/")  # Django's own admin templates
    found = EXTENDS.search(_text(Path(path)))
    if found is None:
        return False
    return found[1] is None or _reaches_base(found[1])


@pytest.mark.parametrize("path", [path for path in ALL if _is_page(path)], ids=str)
def test_every_page_extends_a_layout(path: Path) -> None:
    assert _reaches_base(str(path))


@pytest.mark.parametrize("path", ALL, ids=str)
def test_words_are_translatable(path: Path) -> None:
    text = TAGS.sub(" ", UNSPOKEN.sub(" ", TRANSLATED.sub(" ", COMMENTS.sub(" ", _text(path)))))
    spoken = SPOKEN_ATTRIBUTES.findall(text)
    literal = [word for piece in [MARKUP.sub(" ", text), *spoken] for word in WORD.findall(piece)]
    assert not set(literal) - UNITS


@pytest.mark.parametrize("path", [path for path in ALL if str(path) != "layouts/email.html"], ids=str)
def test_nothing_is_inline_that_the_content_security_policy_forbids(path: Path) -> None:
    assert not INLINE.findall(_text(path))

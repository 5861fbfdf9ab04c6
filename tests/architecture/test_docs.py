"""What the documents claim to be tested is tested."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_documents_name_exists():
    named = {name for page in (ROOT / "docs").glob("*.md") for name in re.findall(r"`(test_\w+)`", page.read_text())}
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^ *def (test_\w+)", path.read_text(), re.M)
    }
    assert named
    assert named - written == set()

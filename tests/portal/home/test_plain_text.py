"""What staff's plain text becomes."""

import pytest

from portal.home.plain_text import Block, blocks_of


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("", []),
        ("One line", [Block("paragraph", text="One line")]),
        ("One\nline\n\n\nTwo", [Block("paragraph", text="One\nline"), Block("paragraph", text="Two")]),
        ("# Head\nText", [Block("heading", text="Head"), Block("paragraph", text="Text")]),
        ("- a\r\n- b\r\n", [Block("list", entries=("a", "b"))]),
        ("We say:\n- a", [Block("paragraph", text="We say:\n- a")]),
    ],
)
def test_blocks(body: str, blocks: list[Block]) -> None:
    assert blocks_of(body) == blocks

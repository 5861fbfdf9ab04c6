"""The little that staff's plain text can say: headings, paragraphs, lists. No markup comes through."""

import re
from dataclasses import dataclass

HEADING = "# "
ENTRY = "- "


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph has `text`; a list has `entries` instead."""

    kind: str
    text: str = ""
    entries: tuple[str, ...] = ()


def blocks_of(body: str) -> list[Block]:
    """Splits at empty lines; a heading may stand directly above its paragraph."""
    separated = re.sub(rf"(?m)^({HEADING}.*)$", r"\n\1\n", body.replace("\r\n", "\n"))
    return [_block(part.strip()) for part in re.split(r"\n\s*\n", separated) if part.strip()]


def _block(part: str) -> Block:
    if part.startswith(HEADING):
        return Block("heading", text=part.removeprefix(HEADING).strip())
    lines = part.splitlines()
    if all(line.startswith(ENTRY) for line in lines):
        return Block("list", entries=tuple(line.removeprefix(ENTRY).strip() for line in lines))
    return Block("paragraph", text=part)

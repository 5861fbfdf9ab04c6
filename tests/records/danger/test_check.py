import json
from pathlib import Path

import pytest

from records import danger
from records.danger.check import Danger, danger_in


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I have CHEST   PAIN since noon", Danger.EMERGENCY),
        ("I can’t breathe well", Danger.EMERGENCY),
        ("cant breathe", Danger.EMERGENCY),
        ("Tengo dolor de pecho", Danger.EMERGENCY),
        ("me desmayé ayer", Danger.EMERGENCY),
        ("I want to die.", Danger.SELF_HARM),
        ("thoughts of suicide\nand chest pain", Danger.SELF_HARM),
        ("my husband hits me", Danger.VIOLENCE),
        ("chest-pain", Danger.EMERGENCY),
    ],
)
def test_danger_is_heard_in_any_spelling(text, kind):
    assert danger_in(text) == kind


@pytest.mark.parametrize(
    "text", ["", "When is my next visit?", "breaststroke lessons are going well", "I need a refill of metformin", "😀"]
)
def test_ordinary_words_raise_nothing(text):
    assert danger_in(text) is None


def test_any_of_several_fields_counts():
    assert danger_in("Question about a bill", "I wish I was dead") == Danger.SELF_HARM


def test_every_phrase_of_the_list_is_heard():
    listed = json.loads((Path(danger.__file__).parent / "phrases.json").read_text(encoding="utf-8"))
    assert set(listed) == set(Danger.values)
    for phrases in listed.values():
        assert all(danger_in(f"well, {phrase.upper()}!") for phrase in phrases)


def test_long_text_is_checked_quickly():
    assert danger_in("nothing to see here " * 20_000) is None

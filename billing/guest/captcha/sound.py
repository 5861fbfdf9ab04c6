"""The characters as speech, by the small program flite where the machine has it (FLITE_PATH)."""

import subprocess
import tempfile
import threading
from pathlib import Path

from django.conf import settings

# Letters alone sound alike; the spelling alphabet of radio does not.
_WORDS = {
    "A": "alpha", "C": "charlie", "D": "delta", "E": "echo", "F": "foxtrot", "H": "hotel", "J": "juliet",
    "K": "kilo", "M": "mike", "N": "november", "P": "papa", "R": "romeo", "T": "tango", "V": "victor",
    "W": "whiskey", "X": "x-ray", "Y": "yankee",
}  # fmt: skip
SECONDS = 5
# Each sound is a process of its own: more than these wait their turn, and not for long.
AT_ONCE = 2
_turns = threading.BoundedSemaphore(AT_ONCE)


class NoVoice(RuntimeError):
    """Nothing was spoken: no program, too many at once, or it failed."""


def speak(characters: str) -> bytes:
    """A WAV of the characters one by one. Raises NoVoice."""
    if not settings.FLITE_PATH:
        raise NoVoice("FLITE_PATH is empty")
    if not _turns.acquire(timeout=SECONDS):
        raise NoVoice("too many at once")
    try:
        return _run(spelled(characters))
    finally:
        _turns.release()


def spelled(characters: str) -> str:
    """As it is spoken: "delta. 3. kilo."."""
    return " ".join(f"{_WORDS.get(character, character)}." for character in characters)


def _run(text: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="portal-voice-") as folder:
        file = Path(folder) / "voice.wav"
        try:
            subprocess.run(  # noqa: S603 (the installation's own program; the text is ours)
                [settings.FLITE_PATH, "-t", text, "-o", str(file)],
                check=True,
                timeout=SECONDS,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            return file.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise NoVoice(type(error).__name__) from error

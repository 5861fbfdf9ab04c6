"""Why a file is not taken, in words for whoever sent it."""

from django.utils.functional import Promise


class Refused(Exception):
    """The file is not taken; `words` say why, and what to do instead."""

    def __init__(self, words: Promise | str) -> None:
        super().__init__(str(words))
        self.words = words

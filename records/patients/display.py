"""Turns what code systems call things into what people read; the code itself is kept beside it."""

import re

# The hierarchy tags that SNOMED CT appends to fully specified names.
SEMANTIC_TAG = re.compile(
    r"\s*\((?:disorder|finding|situation|procedure|regime/therapy|observable entity|event|person|occupation|"
    r"qualifier value|body structure|morphologic abnormality|substance|product|medicinal product|clinical drug|"
    r"physical object|organism|specimen|environment|social concept|record artifact|assessment scale|"
    r"context-dependent category|attribute|cell|life style|religion/philosophy|ethnic group)\)\s*$",
    re.IGNORECASE,
)


def clean_display(text: str) -> str:
    """“Viral sinusitis (disorder)” → “Viral sinusitis”; “Medication_Review_Due” → “Medication review due”."""
    text = " ".join(SEMANTIC_TAG.sub("", text).split())
    if "_" in text and " " not in text:
        text = text.replace("_", " ").strip().capitalize()
    return text


def best_display(*candidates: str) -> str:
    """The first candidate that reads as words, cleaned; machine names (`asthma_condition`) come last."""
    given = [text for text in candidates if text.strip()]
    given.sort(key=lambda text: "_" in text and " " not in text)
    return clean_display(given[0]) if given else ""

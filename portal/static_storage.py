"""Addresses of static files, worked out once for each process."""

import functools
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; a page names some thirty files and icons, whose addresses change with a release only."""

    @functools.cache  # noqa: B019 (one storage lives as long as its process)
    def url(self, name: str | None, force: bool = False) -> Any:
        return super().url(name, force)

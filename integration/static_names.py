"""Static files named by their content, so that a browser keeps each for a year and asks again only when it changed."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class NamedByContent(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # it has no types
    """The names that `collectstatic` wrote down; where files are served from their apps (local), each has its own."""

    def load_manifest(self) -> tuple[dict[str, str], str]:
        if settings.WHITENOISE_USE_FINDERS:
            return {}, ""
        found: tuple[dict[str, str], str] = super().load_manifest()
        return found

    def stored_name(self, name: str) -> str:
        """The collected name; a file that was not collected keeps its own: better no picture than no page."""
        stored: str = self.hashed_files.get(self.hash_key(name), name)
        return stored

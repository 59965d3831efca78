"""Writing JSON, also of texts that cannot be encoded: somebody's JSON may hold half a surrogate pair, "\\ud800"."""

from collections.abc import Mapping
from typing import Any

from rest_framework import renderers


class EscapingRenderer(renderers.JSONRenderer):
    ensure_ascii = True


class JSONRenderer(renderers.JSONRenderer):
    """Escapes where it must: what came in as half a pair goes out as half a pair."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().render(data, accepted_media_type, renderer_context)
        except UnicodeEncodeError:
            return EscapingRenderer().render(data, accepted_media_type, renderer_context)

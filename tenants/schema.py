"""What the API's schema says of signing in; its page offers the same."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class CallerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "tenants.authentication.CallerAuthentication"
    name = ["apiKey", "bearer", "session"]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        return [
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Api-Key <key>`"},
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "The console's session. Writing also needs the csrftoken cookie's value as X-CSRFToken.",
            },
        ]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        """Any one of them; by itself the library asks for all together."""
        return [{name: []} for name in self.name]

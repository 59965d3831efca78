"""How a token or a sign-in is refused."""

from starlette.responses import JSONResponse, Response

ERROR_URI = "https://developer.salesforce.com/docs"


class OAuthError(Exception):
    """Answered as RFC 6749 says, with MCE's error_uri."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> Response:
        body = {"error": self.error, "error_description": self.description, "error_uri": ERROR_URI}
        return JSONResponse(body, self.status, headers={"cache-control": "no-store"})


def invalid_client() -> OAuthError:
    return OAuthError(
        "invalid_client", "Invalid client ID. Use the client ID in Marketing Cloud Installed Packages.", 401
    )

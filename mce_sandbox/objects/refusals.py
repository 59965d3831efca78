"""How a write is refused: a business error inside an HTTP 200, in MCE's words."""


class Refused(Exception):
    """One object of a batch was refused. `message` is MCE's text, `code` its ErrorCode."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

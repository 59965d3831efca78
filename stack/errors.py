"""What the stack says in one line before it gives up.

StackError
└── GaveUp    a service keeps dying: its exit code becomes the stack's
"""


class StackError(Exception):
    """Something the person at the terminal can put right; shown without a traceback."""

    exit_code = 1


class GaveUp(StackError):
    """A service died too often."""

    def __init__(self, name: str, returncode: int) -> None:
        super().__init__(f"{name} keeps dying (exit code {returncode}): the stack stops.")
        self.exit_code = shell_code(returncode) or 1


def shell_code(returncode: int) -> int:
    """A return code as a shell tells it: 128 + N for the signal N."""
    return 128 - returncode if returncode < 0 else returncode

"""The signals that ask the stack to stop, counted."""

import signal
from types import FrameType, TracebackType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """While it is entered, SIGINT, SIGTERM and SIGHUP only count."""

    def __init__(self) -> None:
        self.count = 0
        self.last = signal.SIGTERM
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Signals":
        for sign in STOPPING:
            self._before[sign] = signal.signal(sign, self._came)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sign, handler in self._before.items():
            signal.signal(sign, handler)  # type: ignore[arg-type]

    def _came(self, number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self.last = signal.Signals(number)

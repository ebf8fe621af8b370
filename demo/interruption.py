"""Ctrl-C: the first one asks the demonstration to stop, a second one to hurry."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Raise KeyboardInterrupt once, for the first signal to end; count those that follow.

    Raised while processes are being started or stopped, it would leave some of them running:
    within ``held`` the first signal waits for the end of the block, and after it none raises.
    """

    def __init__(self) -> None:
        self._received = 0
        self._raised = False
        self._held = False

    def listen(self) -> None:
        """Take over the signals; that of a closed terminal unless `nohup` has it ignored."""
        for end in _SIGNALS:
            if end != signal.SIGHUP or signal.getsignal(end) != signal.SIG_IGN:
                signal.signal(end, self._receive)

    @property
    def again(self) -> bool:
        """Tell whether somebody asked a second time."""
        return self._received > 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let the block end before it is interrupted; an error of it gives way to the interruption."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            if self._received:
                self._raise()

    def finish(self) -> None:
        """Raise no more: what is left to do is stopping."""
        self._raised = True

    def ignore(self) -> None:
        """Leave the signals unheard, also by programs started from now on: the database is being stopped."""
        for end in _SIGNALS:
            signal.signal(end, signal.SIG_IGN)

    def _receive(self, _signal: int, _frame: object) -> None:
        self._received += 1
        if not self._held:
            self._raise()

    def _raise(self) -> None:
        if not self._raised:
            self._raised = True
            raise KeyboardInterrupt

"""Handle Ctrl-C: the first one stops the demonstration, a second one hurries it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """The signals to end received so far: the first one raises KeyboardInterrupt, later ones are counted.

    An exception while processes are being started or stopped would leave some of them running: within
    ``held`` the first signal takes effect at the end of the block, and no later one raises.
    """

    def __init__(self) -> None:
        self._received = 0
        self._raised = False
        self._held = False

    def listen(self) -> None:
        """Install the signal handlers; for a closed terminal too, unless `nohup` has that signal ignored."""
        for end in _SIGNALS:
            if end != signal.SIGHUP or signal.getsignal(end) != signal.SIG_IGN:
                signal.signal(end, self._receive)

    @property
    def again(self) -> bool:
        """Tell whether a second signal was received."""
        return self._received > 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """Delay an interruption to the end of the block, where it replaces an error of the block."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            if self._received:
                self._raise()

    def finish(self) -> None:
        """Raise no more, because the processes are being stopped."""
        self._raised = True

    def ignore(self) -> None:
        """Ignore the signals, in programs started from now on too, while the database is being stopped."""
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

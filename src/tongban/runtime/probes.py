"""Asks beside the supervisor whether a process is ready, so that a slow answer delays nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

INTERVAL_S = 0.05


class Probe(threading.Thread):
    """Asks until the answer is yes or nobody wants to know; ``wake`` is called when there is something to look at."""

    def __init__(self, is_ready: Callable[[], bool], wake: Callable[[], None]) -> None:
        super().__init__(name="probe", daemon=True)
        self._is_ready = is_ready
        self._wake = wake
        self._is_over = threading.Event()
        self.ready_at: float | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while not self._is_over.is_set():
                if self._is_ready():
                    self.ready_at = time.monotonic()
                    break
                self._is_over.wait(INTERVAL_S)
        except Exception as error:  # noqa: BLE001  it is the supervisor's: it raises what it finds here
            self.error = error
        self._wake()

    def end(self) -> None:
        """Nobody wants to know any more."""
        self._is_over.set()

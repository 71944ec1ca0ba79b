"""How often a request is made again, and after which wait: only what helps, and never for long."""

from typing import Any

from kubegenie_tui.llm.failures import PATIENCE, is_out_of_quota, retry_after

MOST_WAITS = 3
"""How often a server may ask for patience in one request."""
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is told of instead."""
_FIRST_WAIT = 2.0
_RECONNECT = 0.2


class Patience:
    """What one request has waited for."""

    def __init__(self) -> None:
        self._waits = 0
        self._connected_again = False

    def wait_after(self, error: Exception, reason: str) -> float | None:
        """Seconds until the next try; None when there is none."""
        import openai

        if isinstance(error, openai.APIStatusError):
            return self._after_status(error, reason)
        is_cut = isinstance(error, openai.APIConnectionError) and not isinstance(error, openai.APITimeoutError)
        if is_cut and not self._connected_again:
            self._connected_again = True
            return _RECONNECT
        return None

    def _after_status(self, error: Any, reason: str) -> float | None:
        if error.status_code not in PATIENCE or self._waits >= MOST_WAITS or is_out_of_quota(error, reason):
            return None
        self._waits += 1
        wait = retry_after(error)
        wait = _FIRST_WAIT * 2 ** (self._waits - 1) if wait is None else wait
        return wait if wait <= LONGEST_WAIT else None

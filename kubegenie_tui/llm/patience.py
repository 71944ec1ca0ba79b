"""How often a request is made again, and after which wait: only what helps, and never for long."""

from typing import Any

from kubegenie_tui.llm.failures import FAILED, PATIENCE, is_out_of_quota, is_overflow, retry_after
from kubegenie_tui.llm.refusals import refused_feature

MOST_WAITS = 3
"""How often a server may ask for patience in one request."""
MOST_FAILURES = 2
"""How often a server may fail in one request, and is asked again."""
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is told of instead."""
_FIRST_WAIT = 2.0
_WAIT_AFTER_FAILURE = 0.5
_RECONNECT = 0.2


class Patience:
    """What one request has waited for."""

    def __init__(self) -> None:
        self._waits = 0
        self._failures = 0
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
        unasked = self._after_failure(error.status_code, reason)
        if unasked is None and not is_out_of_quota(error, reason):
            unasked = self._when_busy(error.status_code)
        if unasked is None:
            return None
        wait = retry_after(error)
        wait = unasked if wait is None else wait
        return wait if wait <= LONGEST_WAIT else None

    def _when_busy(self, status: int) -> float | None:
        """Seconds to wait where the server names none."""
        if status not in PATIENCE or self._waits >= MOST_WAITS:
            return None
        self._waits += 1
        return _FIRST_WAIT * 2.0 ** (self._waits - 1)

    def _after_failure(self, status: int, reason: str) -> float | None:
        """As `_when_busy`; None also where its words say that what was asked for is what it cannot do."""
        is_refusal = refused_feature(status, reason) is not None or is_overflow(reason)
        if status not in FAILED or self._failures >= MOST_FAILURES or is_refusal:
            return None
        self._failures += 1
        return _WAIT_AFTER_FAILURE * 2.0 ** (self._failures - 1)

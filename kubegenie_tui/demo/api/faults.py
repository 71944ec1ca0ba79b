"""Faults on order: the next requests that match are answered badly, slowly, or cut off."""

import asyncio
import contextlib
import re

import msgspec

from kubegenie_tui.demo.api.statuses import Refusal

REASONS = {
    401: ("Unauthorized", "Unauthorized"),
    403: ("Forbidden", 'forbidden: User "demo" cannot do this'),
    410: ("Expired", "The resourceVersion for the provided watch is too old."),
    429: ("TooManyRequests", "Too many requests, please try again later."),
    500: ("InternalError", "Internal error occurred: etcdserver: request timed out"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "Timeout: request did not complete within the allotted timeout"),
}


class Fault(msgspec.Struct):
    """One thing that goes wrong."""

    path: str = ""
    """A regular expression that is searched in path and query; empty for every request."""
    cluster: str = ""
    """Only in this cluster; empty for all."""
    method: str = ""
    count: int = 1
    """How many requests are hit; -1 for all until the faults are cleared."""
    status: int = 0
    """Answer with this status code and nothing else; 0 to answer."""
    message: str = ""
    retry_after: int = 0
    """Seconds, sent as Retry-After with the status."""
    delay: float = 0.0
    """Seconds to wait before the answer."""
    cut_after: int = -1
    """Close the connection after so many bytes of the body; -1 never."""
    in_stream: bool = False
    """Send the status as an ERROR event of a watch instead of an HTTP status."""

    def refusal(self) -> Refusal:
        """The answer that `status` stands for."""
        reason, message = REASONS.get(self.status, ("InternalError", "an error on order"))
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        details = {"retryAfterSeconds": self.retry_after} if self.retry_after else None
        return Refusal(self.status, reason, self.message or message, details, headers)


class Faults:
    """The faults that wait for their request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._cleared = asyncio.Event()

    def inject(self, fault: Fault) -> None:
        """Let the next matching requests fail."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Everything works again; what is delayed is answered at once."""
        self._waiting.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def delay(self, seconds: float) -> None:
        """Wait so long, or until everything works again."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._cleared.wait()

    def take(self, cluster: str, method: str, path: str) -> Fault | None:
        """The fault that hits this request, if one does."""
        for fault in self._waiting:
            if (
                fault.cluster not in ("", cluster)
                or fault.method not in ("", method)
                or not re.search(fault.path, path)
            ):
                continue
            if fault.count > 0:
                fault.count -= 1
            if fault.count == 0:
                self._waiting.remove(fault)
            return fault
        return None

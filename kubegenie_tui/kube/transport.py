"""What a reflector needs of a client: so little that a test can play it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Body(Protocol):
    """A response that is still being read."""

    headers: Mapping[str, str]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body in pieces of any size; raises the errors of domain/errors.py."""
        ...


class Transport(Protocol):
    """Requests to one API server."""

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        timeout: float = 30.0,
    ) -> bytes:
        """A whole body."""
        ...

    def stream(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        idle_timeout: float | None,
    ) -> AbstractAsyncContextManager[Body]:
        """A body to be read as it comes."""
        ...

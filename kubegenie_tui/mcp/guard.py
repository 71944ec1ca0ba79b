"""Who may speak to our port: programs of this computer that know the token, and no web page.

A page in a browser can send requests to this computer, also under a name that it made to point here (DNS rebinding):
`Host` and `Origin` tell it from a program (MCP specification, Transports, Security Warning).
"""

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

NAMES = ("127.0.0.1", "localhost")


class Guard:
    """Stands before an ASGI application; what it refuses never gets there."""

    def __init__(self, application: Application, port: int, token: str) -> None:
        self._application = application
        self._hosts = {f"{name}:{port}" for name in NAMES}
        self._origins = {f"http://{host}" for host in self._hosts}
        self._authorization = f"Bearer {token}".encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        refusal = self._refusal(scope["headers"]) if scope["type"] == "http" else None
        if refusal is None:
            await self._application(scope, receive, send)
            return
        status, words = refusal
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        headers += [(b"www-authenticate", b"Bearer")] if status == 401 else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": words.encode()})

    def _refusal(self, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
        """Status and words; None for who may pass. A header given twice is none that a program of ours sends."""
        given: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            given.setdefault(name.lower(), []).append(value)
        if not self._only(given.get(b"host", []), self._hosts):
            return 421, "This is not the host that serves here"
        if b"origin" in given and not self._only(given[b"origin"], self._origins):
            return 403, "Web pages of other places may not call"
        said = given.get(b"authorization", [])
        if len(said) != 1 or not hmac.compare_digest(said[0], self._authorization):
            return 401, "The token that `kubegenie mcp --http` printed is needed: Authorization: Bearer TOKEN"
        return None

    def _only(self, values: list[bytes], allowed: set[str]) -> bool:
        return len(values) == 1 and values[0].decode("latin-1").lower() in allowed

"""An SSH server on loopback that forwards to whoever is allowed in: the library's own, which is a real one."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh

from kubegenie_tui.domain.jump import Jump

USER = "me"


class JumpHost:
    """One server; its keys lie in a directory."""

    def __init__(self, directory: Path, port: int = 0) -> None:
        directory.mkdir(exist_ok=True)
        self.directory = directory
        self.key = directory / "id"
        self.port = port
        self.asked: list[tuple[str, int]] = []
        """Whereto it was asked to connect."""
        self.forwards = True
        self._connections: list[asyncssh.SSHServerConnection] = []
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        self._write_key()

    def _write_key(self) -> None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(self.key))
        key.write_public_key(f"{self.key}.pub")

    @property
    def fingerprint(self) -> str:
        return str(self._host_key.get_fingerprint())

    @property
    def jump(self) -> Jump:
        """The way through it, for somebody who knows its key."""
        return Jump("127.0.0.1", self.port, USER, str(self.key), self.fingerprint)

    @property
    def known_hosts_line(self) -> str:
        return f"[127.0.0.1]:{self.port} {self._host_key.export_public_key().decode()}"

    def change_key(self) -> None:
        """Another one, as after an installation anew, from the next start on."""
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["JumpHost"]:
        host = self

        class Server(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                self._connection = conn
                host._connections.append(conn)

            def connection_requested(
                self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
            ) -> bool | Awaitable[Any]:
                host.asked.append((dest_host, dest_port))
                return host.forwards and self._forward(dest_host, dest_port)

            async def _forward(self, dest_host: str, dest_port: int) -> Any:
                """The library leaves one open whose asker hangs up while it is being connected."""
                forwarder = await self._connection.forward_connection(dest_host, dest_port)
                if self._connection.is_closed():
                    forwarder.close()
                return forwarder

        acceptor = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=Server,
            server_host_keys=[self._host_key],
            authorized_client_keys=f"{self.key}.pub",
        )
        self.port = acceptor.get_port()
        try:
            yield self
        finally:
            self.drop()
            acceptor.close()
            await acceptor.wait_closed()

    def drop(self) -> None:
        """Hang up on everybody."""
        for connection in self._connections:
            connection.abort()
        self._connections.clear()

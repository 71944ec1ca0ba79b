"""The way to an API server through an SSH host: a port of ours on loopback, whose other end is the server.

What comes through is TLS as ever: the server's certificate is checked for the server's own name.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kubegenie_tui.domain.errors import (
    CredentialError,
    KubeGenieError,
    NameNotFound,
    Refused,
    TimedOut,
    Unreachable,
)
from kubegenie_tui.domain.jump import Jump
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.single_flight import SingleFlight

if TYPE_CHECKING:
    from types import ModuleType

    import asyncssh

    from kubegenie_tui.kube.context import Context

INSTALL = "pip install 'kubegenie[ssh]'"
LOOPBACK = "127.0.0.1"
LOGIN_SECONDS = 10.0
ALIVE_SECONDS = 15
"""Between two questions whether the jump host is still there; after three without an answer it is not."""
_TRY = "try again, or look at the log of its sshd"


class Tunnel:
    """Connects when it is first needed, and anew when the connection was lost."""

    def __init__(self, jump: Jump, host: str, port: int) -> None:
        self._jump = jump
        self._host = host
        self._port = port
        self._opening: SingleFlight[None] = SingleFlight()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._listener: asyncssh.SSHListener | None = None

    async def address(self) -> tuple[str, int]:
        """Host and port of our end; nobody but this computer can reach it.

        Raises:
            Unreachable: the jump host does not answer, or is not the one we know.
            CredentialError: it does not let us in.
        """
        if self._connection is None or self._connection.is_closed():
            await self._opening.join(self._open)
        assert self._listener is not None
        return LOOPBACK, self._listener.get_port()

    async def refusal(self) -> Unreachable | None:
        """Why the jump host does not connect us to the server; None when it does.

        Raises:
            Unreachable, CredentialError: as `address`.
        """
        await self.address()
        asyncssh = _library()
        assert self._connection is not None
        try:
            async with asyncio.timeout(LOGIN_SECONDS):
                _, writer = await self._connection.open_connection(self._host, self._port)
        except asyncssh.ChannelOpenError as error:
            why = plain(error.reason) or "it does not say why"
            step = "check the address as seen from there, and that its sshd allows forwarding (AllowTcpForwarding)"
            return Unreachable(f"{self._jump} does not reach {self._host}:{self._port}", why, step)
        except (OSError, asyncssh.Error) as error:
            why = plain(str(error)) or "nothing comes back"
            return Unreachable(f"{self._jump} does not reach {self._host}:{self._port}", why, _TRY)
        writer.close()
        return None

    async def close(self) -> None:
        """Hang up."""
        await self._opening.close()
        if self._connection is not None:
            self._connection.abort()
            await self._connection.wait_closed()

    async def _open(self) -> None:
        connection = await connected(self._jump)
        try:
            self._listener = await connection.forward_local_port(LOOPBACK, 0, self._host, self._port)
        except (OSError, _library().Error) as error:
            connection.abort()
            raise await _explained(_library(), error, self._jump, "") from error
        self._connection = connection


def tunnel_to(context: "Context") -> Tunnel | None:
    """The tunnel that a context wants; None when its server is reached directly."""
    return Tunnel(context.jump, *host_and_port(context.server)) if context.jump is not None else None


@asynccontextmanager
async def way_to(context: "Context") -> AsyncIterator[tuple[str, int]]:
    """Host and port to connect to for the server of a context, as long as the block runs.

    Raises:
        Unreachable, CredentialError: there is a jump host, and it does not let us through.
    """
    tunnel = tunnel_to(context)
    if tunnel is None:
        yield host_and_port(context.server)
        return
    try:
        yield await tunnel.address()
    finally:
        await tunnel.close()


def host_and_port(server: str) -> tuple[str, int]:
    """Those of a server's URL."""
    parts = urlsplit(server)
    return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)


async def shown_key(jump: Jump) -> str:
    """The fingerprint of the key that a host shows to anybody; nothing of it is proven.

    Raises:
        Unreachable: it cannot be reached, or speaks no SSH.
    """
    asyncssh = await asyncio.to_thread(_library)
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            key = await asyncssh.get_server_host_key(jump.host, jump.port)
    except (OSError, asyncssh.Error, ValueError) as error:
        raise await _explained(asyncssh, error, jump, "") from error
    return str(key.get_fingerprint())


async def is_known(jump: Jump) -> bool:
    """Whether `known_hosts` has a key of the host."""
    return bool(await asyncio.to_thread(_known_keys, _library(), jump))


async def connected(jump: Jump) -> "asyncssh.SSHClientConnection":
    """A connection to a jump host whose key is one that we trust.

    Raises:
        Unreachable: it does not answer, or shows another key.
        CredentialError: it does not let us in.
    """
    library = await asyncio.to_thread(_library)
    witness = _witness(library, jump)
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            connection: asyncssh.SSHClientConnection = await library.connect(
                jump.host,
                jump.port,
                client_factory=lambda: witness,
                preferred_auth="publickey",
                keepalive_interval=ALIVE_SECONDS,
                login_timeout=LOGIN_SECONDS,
                **_options(jump),
            )
            return connection
    except (OSError, library.Error, library.KeyImportError, ValueError) as error:
        raise await _explained(library, error, jump, witness.shown) from error


def _library() -> "ModuleType":
    try:
        import asyncssh
    except ImportError:
        raise Unreachable("The library for SSH is not installed", "an SSH jump host needs it", INSTALL) from None
    return asyncssh


def _options(jump: Jump) -> dict[str, Any]:
    options: dict[str, Any] = {"known_hosts": ([], [], [])} if jump.host_key else {}
    if jump.key_file:
        options |= {"client_keys": [str(Path(jump.key_file).expanduser())], "agent_path": None}
    if jump.user:
        options["username"] = jump.user
    return options


def _witness(asyncssh: "ModuleType", jump: Jump) -> Any:
    """What asyncssh asks about a key that `known_hosts` does not have."""

    class Witness(asyncssh.SSHClient):  # type: ignore[name-defined,misc] # it is imported when it is needed
        shown = ""

        def validate_host_public_key(self, host: str, addr: str, port: int, key: Any) -> bool:
            self.shown = key.get_fingerprint()
            return bool(jump.host_key) and self.shown == jump.host_key

    return Witness()


def _known_keys(asyncssh: "ModuleType", jump: Jump) -> list[Any]:
    file = Path.home() / ".ssh" / "known_hosts"
    if not os.access(file, os.R_OK):
        return []
    return list(asyncssh.match_known_hosts(str(file), jump.host, "", jump.port)[0])


async def _explained(asyncssh: "ModuleType", error: Exception, jump: Jump, shown: str) -> KubeGenieError:
    """What went wrong on the way to a jump host, in words."""
    name, why = f"The jump host {jump}", plain(getattr(error, "strerror", None) or str(error))
    if isinstance(error, asyncssh.HostKeyNotVerifiable | asyncssh.KeyExchangeFailed):
        return await asyncio.to_thread(_strange_key, asyncssh, jump, shown, why)
    if isinstance(error, asyncssh.PermissionDenied):
        tried = jump.key_file or "the keys of the SSH agent and of ~/.ssh"
        return CredentialError(f"{name} does not let us in", f"shown: {tried}", f"does `{jump.command}` work?")
    if isinstance(error, asyncssh.KeyImportError | asyncssh.KeyEncryptionError):
        step = "add it to the SSH agent with ssh-add, and leave the key file empty"
        return CredentialError(f"The SSH key {jump.key_file} cannot be used", why, step)
    if isinstance(error, TimeoutError):
        return TimedOut(f"{name} does not answer", f"nothing came for {LOGIN_SECONDS:.0f} s", "check the network")
    if isinstance(error, ConnectionRefusedError):
        return Refused(f"{name} cannot be reached", "nothing listens there", "check the address and the port")
    if isinstance(error, FileNotFoundError):
        return CredentialError(f"The SSH key {jump.key_file} cannot be read", error.strerror or "", "check the path")
    if (isinstance(error, OSError) and "getaddrinfo" in str(error)) or getattr(error, "errno", 0) in (-2, -3, -5):
        return NameNotFound(f'The name "{jump.host}" is not known', why, "check the address and the network")
    return Unreachable(f"{name} cannot be used", why or type(error).__name__, _TRY)


def _strange_key(asyncssh: "ModuleType", jump: Jump, shown: str, why: str) -> Unreachable:
    """It is not the one we know, or we know none: only a person can tell whether this is right."""
    now = f"it shows {shown}" if shown else why
    if jump.host_key or _known_keys(asyncssh, jump):
        where = f"{jump.host_key} was accepted" if jump.host_key else "~/.ssh/known_hosts has another one"
        step = "somebody may be in between; if it was installed anew, ask its administrator for the fingerprint"
        return Unreachable(f"The jump host {jump} has another key than before", f"{now}, and {where}", step)
    step = "compare it with what its administrator says, then accept it: --ssh-host-key, or Host key in the form"
    return Unreachable(f"The key of the jump host {jump} is not known", now, step)

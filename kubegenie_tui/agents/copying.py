"""File copies to and from a container: tar there, tar here, and a pipe between the websocket and a thread."""

import asyncio
import contextlib
import os
import tarfile
from pathlib import Path, PurePosixPath

from kubegenie_tui.agents.archive import Transfer, measure, pack, unpack
from kubegenie_tui.agents.pod_access import PodAccess, Session
from kubegenie_tui.domain.errors import KubeGenieError, ServerFailed, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_bytes
from kubegenie_tui.domain.text import plain

_READ_BYTES = 1 << 16
_STDERR = 2
_MOST_COMPLAINTS = 2000


class Copier:
    """Copies between this computer and one container."""

    def __init__(self, access: PodAccess, pod: ObjectRef, container: str) -> None:
        self._access = access
        self._pod = pod
        self._container = container

    async def fetch(self, remote: str, local: Path, transfer: Transfer) -> Path:
        """Copy a file or a directory from the container; where it is now. Cancelling stops it.

        Args:
            remote: path in the container.
            local: a directory that exists, to copy into it; else what the copy is to be called.
            transfer: told how far it is.

        Raises:
            UsageError: the path is none, or the pod sent what does not belong there.
            KubeGenieError: the container has no such file, no tar, or the connection was lost.
        """
        path = PurePosixPath(remote)
        if path.name in ("", ".."):
            raise UsageError(f'"{remote}" names no file', next_step="give the path of a file or a directory")
        target = local / path.name if await asyncio.to_thread(local.is_dir) else local
        command = ("tar", "cf", "-", "-C", str(path.parent), f"./{path.name}")
        session = await self._start(command, f"Copy {remote} from", stdin=False, writes=False)
        source, sink = os.pipe()
        work = asyncio.create_task(asyncio.to_thread(_unpack, source, target, path.name, transfer))
        try:
            complaints = await _pour(session, sink)
            await _finished(session, complaints, work)
        finally:
            await _settled(session, work)
        return target

    async def send(self, local: Path, remote: str, transfer: Transfer) -> str:
        """Copy a file or a directory into the container; where it is now. Cancelling stops it.

        Args:
            local: what is copied.
            remote: a directory that exists, to copy into it; else what the copy is to be called.
            transfer: told how far it is.

        Raises:
            UsageError: there is no such file here, or the cluster is read-only.
            KubeGenieError: the container has no such directory, no tar, or the connection was lost.
        """
        transfer.total = await asyncio.to_thread(measure, local)
        path = PurePosixPath(remote or ".")
        if remote.endswith("/") or await self._is_directory(str(path)):
            path /= (await asyncio.to_thread(local.resolve)).name
        session = await self._start(
            ("tar", "xmf", "-", "-C", str(path.parent)), f"Copy {local.name} into", stdin=True, writes=True
        )
        source, sink = os.pipe()
        work = asyncio.create_task(asyncio.to_thread(_pack, sink, local, path.name, transfer))
        reader, transport = await _reading(source)
        feeding = asyncio.create_task(_feed(session, reader))
        try:
            complaints = await _heard(session, feeding, transport)
            await _finished(session, complaints, work)
        finally:
            await _settled(session, work)
        return str(path)

    async def _start(self, command: tuple[str, ...], title: str, *, stdin: bool, writes: bool) -> Session:
        session = await self._access.execute(
            self._pod, self._container, command, stdin=stdin, terminal=False, title=plain(title), writes=writes
        )
        if stdin and not session.process.ends_input:
            await session.end()
            what = "This server cannot be told where a file ends"
            raise ServerFailed(what, "it speaks v4.channel.k8s.io only", "copying into pods needs Kubernetes 1.30")
        return session

    async def _is_directory(self, path: str) -> bool:
        session = await self._start(("test", "-d", path), "Look for a directory in", stdin=False, writes=True)
        try:
            await _listen(session)
        finally:
            await session.end()
        return session.process.outcome is not None and session.process.outcome.ok


async def _pour(session: Session, sink: int) -> bytes:
    """Write the output into a pipe; what the program complained of."""
    writer = await _writing(sink)
    complaints = b""
    try:
        with contextlib.suppress(ConnectionError):  # the reading thread says itself why it ended
            async for channel, data in session.process.output():
                if channel == _STDERR:
                    complaints = (complaints + data)[:_MOST_COMPLAINTS]
                else:
                    writer.write(data)
                    await writer.drain()
    except BaseException:
        writer.transport.abort()
        raise
    writer.transport.close()
    return complaints


async def _writing(sink: int) -> asyncio.StreamWriter:
    file, loop = os.fdopen(sink, "wb"), asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    try:
        transport, _ = await loop.connect_write_pipe(lambda: protocol, file)
    except BaseException:
        file.close()
        raise
    return asyncio.StreamWriter(transport, protocol, None, loop)


async def _reading(source: int) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    file, loop = os.fdopen(source, "rb"), asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_READ_BYTES)
    try:
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    except BaseException:
        file.close()
        raise
    return reader, transport


async def _listen(session: Session) -> bytes:
    complaints = b""
    async for channel, data in session.process.output():
        if channel == _STDERR:
            complaints = (complaints + data)[:_MOST_COMPLAINTS]
    return complaints


async def _heard(session: Session, feeding: "asyncio.Task[None]", transport: asyncio.ReadTransport) -> bytes:
    """What the program complained of; when it has ended, it is fed no more and the thread finds its pipe broken."""
    try:
        return await _listen(session)
    finally:
        feeding.cancel()
        transport.close()
        await asyncio.wait((feeding,))


async def _feed(session: Session, reader: asyncio.StreamReader) -> None:
    """Send what comes out of a pipe as input, and then that there is no more."""
    with contextlib.suppress(KubeGenieError):  # the reading side says what happened
        while piece := await reader.read(_READ_BYTES):
            await session.process.write(piece)
        await session.process.end_input()


async def _finished(session: Session, complaints: bytes, work: "asyncio.Task[None]") -> None:
    outcome = session.process.outcome
    said = plain(complaints.decode("utf-8", "replace").strip())
    if outcome is not None and "executable file not found" in outcome.message:
        raise ServerFailed("This image has no tar", outcome.message, "copy by a debug container that has one")
    if outcome is not None and not outcome.ok:
        raise ServerFailed("The copy failed in the pod", said or outcome.message, "check the path")
    try:
        await asyncio.shield(work)
    except (tarfile.TarError, EOFError) as error:
        raise ServerFailed("What the pod sent is no whole archive", plain(str(error)), "try again") from error
    except BrokenPipeError as error:
        raise ServerFailed("The copy ended in the pod before all of it was sent", said, "try again") from error


async def _settled(session: Session, work: "asyncio.Task[None]") -> None:
    """Both ends of the pipe are closed by now, or will be by hanging up: the thread ends."""
    await session.end()
    with contextlib.suppress(Exception):
        await work


def _unpack(source: int, target: Path, top: str, transfer: Transfer) -> None:
    with os.fdopen(source, "rb") as pipe:
        unpack(pipe, target, top, transfer)


def _pack(sink: int, local: Path, name: str, transfer: Transfer) -> None:
    with os.fdopen(sink, "wb") as pipe:
        pack(pipe, local, name, transfer)


def in_words(transfer: Transfer) -> str:
    """`3 files, 12MiB of 80MiB, logs/app.log`."""
    amount = f"{format_bytes(transfer.bytes)}B"
    if transfer.total is not None:
        amount += f" of {format_bytes(transfer.total)}B"
    files = f"{transfer.files} file{'' if transfer.files == 1 else 's'}"
    return ", ".join(part for part in (files, amount, transfer.current) if part)

"""The same through OpenSSH's own server, where there is one: it is what most jump hosts run."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import msgspec
import pytest

from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.domain.jump import Jump
from tests.unit.kube.authority import Authority
from tests.unit.kube.test_jump import context, get, last, server, tried

__all__ = ["server"]

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(SSHD is None, reason="there is no sshd")
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {directory}/host
AuthorizedKeysFile {directory}/id.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
AllowTcpForwarding {forwarding}
"""
SOMEBODY = "daemon"
"""Whom a server runs as that root starts: as root it would need an account of its own."""


class Sshd:
    """One server, in a directory that whom it runs as may read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.user = SOMEBODY if os.getuid() == 0 else getpass.getuser()
        self.port = next_free(20000 + os.getpid() % 20000)
        keys = {name: asyncssh.generate_private_key("ssh-ed25519") for name in ("host", "id")}
        for name, key in keys.items():
            key.write_private_key(str(directory / name))
            (directory / name).chmod(0o600)
            key.write_public_key(str(directory / f"{name}.pub"))
        self.jump = Jump("127.0.0.1", self.port, self.user, str(directory / "id"), keys["host"].get_fingerprint())

    @contextmanager
    def running(self, forwarding: str = "yes") -> Iterator[None]:
        """The server until the block ends; returns when it listens."""
        file, somebody = self._directory / "config", SOMEBODY if os.getuid() == 0 else None
        file.write_text(CONFIG.format(port=self.port, directory=self._directory, forwarding=forwarding))
        if somebody:
            for path in (self._directory, *self._directory.iterdir()):
                shutil.chown(path, somebody)
        assert SSHD is not None
        with subprocess.Popen([SSHD, "-D", "-e", "-f", str(file)], stderr=subprocess.PIPE, user=somebody) as process:
            assert process.stderr is not None
            said = process.stderr.readline()
            assert b"listening" in said, said
            try:
                yield
            finally:
                process.terminate()


@pytest.fixture
def sshd() -> Iterator[Sshd]:
    with tempfile.TemporaryDirectory() as directory:
        yield Sshd(Path(directory))


async def test_it_leads_there(sshd: Sshd, server: str, authority: Authority) -> None:
    with sshd.running():
        assert await get(context(server, authority, sshd.jump)) == server.removeprefix("https://").encode()
        steps = await tried(context(server, authority, sshd.jump))
        assert [(step.name, step.ok) for step in steps[:3]] == [("jump host", True), ("TLS", True), ("version", True)]
        assert "does not reach 127.0.0.1:9" in await last(context("https://127.0.0.1:9", authority, sshd.jump))
        strange = msgspec.structs.replace(sshd.jump, host_key=f"SHA256:{'a' * 43}")
        assert "another key than before" in await last(context(server, authority, strange))
        other = msgspec.structs.replace(sshd.jump, key_file=f"{sshd.jump.key_file.removesuffix('id')}host")
        assert "does not let us in" in await last(context(server, authority, other))


async def test_it_does_not_forward(sshd: Sshd, server: str, authority: Authority) -> None:
    with sshd.running("no"):
        assert "AllowTcpForwarding" in await last(context(server, authority, sshd.jump))

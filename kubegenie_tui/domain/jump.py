"""An SSH host that leads to an API server which cannot be reached otherwise."""

import re

import msgspec

from kubegenie_tui.domain.errors import UsageError

SSH_PORT = 22
_JUMP = re.compile(r"(?:(?P<user>[^@\s:]+)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^@\s:\[\]]+)(?::(?P<port>\d{1,5}))?")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")


class Jump(msgspec.Struct, frozen=True):
    """How it is reached, and how it is recognised."""

    host: str
    port: int = SSH_PORT
    user: str = ""
    """Empty for the name of the person here."""
    key_file: str = ""
    """Path of a private key; empty for those of the SSH agent and of `~/.ssh`."""
    host_key: str = ""
    """Fingerprint of its key, `SHA256:...`, which alone is trusted then; empty for what `~/.ssh/known_hosts` says."""

    @property
    def command(self) -> str:
        """What one would type to go there."""
        whom = f"{self.user}@{self.host}" if self.user else self.host
        return " ".join(("ssh", *((f"-p {self.port}",) if self.port != SSH_PORT else ()), whom))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        return f"{user}{host}" if self.port == SSH_PORT else f"{user}{host}:{self.port}"


def read_jump(text: str, key_file: str = "", host_key: str = "") -> Jump:
    """The jump host that is written as `USER@HOST:PORT`.

    Raises:
        UsageError: it is not, or the fingerprint is none.
    """
    for wrong in (wrong_jump(text), host_key and wrong_host_key(host_key)):
        if wrong:
            raise UsageError(f"{wrong[0].upper()}{wrong[1:]}")
    found = _JUMP.fullmatch(text)
    assert found is not None
    host, port = found["host"].strip("[]"), int(found["port"] or SSH_PORT)
    return Jump(host, port, found["user"] or "", key_file, host_key.rstrip("="))


def wrong_jump(text: str) -> str:
    """What is wrong with `USER@HOST:PORT`, in words; empty when nothing is."""
    found = _JUMP.fullmatch(text)
    if found is None or text.startswith("-"):
        return "the jump host is written as user@bastion.example.com or user@bastion.example.com:2222"
    return "" if 0 < int(found["port"] or SSH_PORT) < 65536 else "a port is a number from 1 to 65535"


def wrong_host_key(text: str) -> str:
    """What is wrong with the fingerprint of a host's key, in words; empty when nothing is."""
    if _FINGERPRINT.fullmatch(text):
        return ""
    return "the fingerprint is SHA256: and 43 characters, as ssh-keygen -lf prints it"

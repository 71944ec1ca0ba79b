"""Certificates and keys as text (RFC 7468): what of it is secret, and what is not."""

import re
from collections.abc import Callable

from kubegenie_tui.domain.errors import UsageError

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_WIDTH = 64


def pem_in(text: str) -> str:
    """The PEM in a text whose line breaks were lost on the way, with those it needs; empty when there is none."""
    blocks = []
    for kind, body in _BLOCK.findall(text):
        flat = "".join(body.split())
        lines = "\n".join(flat[at : at + _WIDTH] for at in range(0, len(flat), _WIDTH))
        blocks.append(f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n")
    return "".join(blocks)


def certificates_in(pem: str, what: str) -> str:
    """The certificates of a PEM without the key that may stand beside them; empty for an empty text.

    Args:
        pem: with its line breaks.
        what: it is called in an error.

    Raises:
        UsageError: there is something, and none of it is a certificate.
    """
    return _those(pem, what, "certificate", lambda kind: kind == "CERTIFICATE")


def key_in(pem: str, what: str) -> str:
    """As `certificates_in`, the private key without the certificates.

    Raises:
        UsageError: there is something, and none of it is a private key.
    """
    return _those(pem, what, "private key", lambda kind: kind.endswith("PRIVATE KEY"))


def _those(pem: str, what: str, sought: str, is_sought: Callable[[str], bool]) -> str:
    found = [block for block in _BLOCK.finditer(pem) if is_sought(block[1])]
    if pem.strip() and not found:
        raise UsageError(f"The {what} cannot be used", f"it holds no {sought}", "give a PEM that has one")
    return "".join(f"{block[0]}\n" for block in found)

"""A certificate authority for tests, by the openssl program: no test needs one that somebody else made."""

import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """Issues certificates into a directory: a new authority, or the one whose `ca.crt` and `ca.key` are in `by`."""

    def __init__(self, directory: Path, by: Path | None = None) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("no openssl program to make certificates with")
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.certificate, self._key = (by or directory) / "ca.crt", (by or directory) / "ca.key"
        if by is None:
            _openssl("req", "-x509", *_CURVE, "-keyout", self._key, "-out", self.certificate, "-subj", "/CN=ca")

    def issue(self, name: str, alternative: str = "IP:127.0.0.1,DNS:localhost", days: int = 90) -> tuple[Path, Path]:
        """A certificate (with the names of `alternative`; days -1: expired) and its key."""
        request, key, certificate = (self.directory / f"{name}.{end}" for end in ("csr", "key", "crt"))
        extensions = self.directory / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternative}\n")
        _openssl("req", "-new", *_CURVE, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        signed_by = (
            "-CA",
            self.certificate,
            "-CAkey",
            self._key,
            "-set_serial",
            str(uuid.uuid4().int),
            "-days",
            str(days),
        )
        _openssl("x509", "-req", "-in", request, "-out", certificate, *signed_by, "-extfile", extensions)
        return certificate, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

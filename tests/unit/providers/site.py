"""A directory that distributions are installed into without pip: fast, and as broken as a test wants them."""

import base64
import hashlib
from pathlib import Path

from tests.wheels import MANIFEST, PLUGIN


class Site:
    """One directory of distributions, each with a record of its files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()

    def install(
        self,
        name: str,
        *,
        entry: str = "",
        group: str = "providers",
        plugin: str = PLUGIN,
        manifest: str = MANIFEST,
        target: str = "plugin:Plugin",
        more: dict[str, str] | None = None,
    ) -> None:
        """Install a distribution with one plugin."""
        entry = entry or name
        package, metadata = name.replace("-", "_"), f"{name.replace('-', '_')}-1.0.dist-info"
        self._write(
            metadata,
            {
                f"{package}/__init__.py": "",
                f"{package}/plugin.py": plugin,
                f"{package}/{entry}.{group.removesuffix('s')}.toml": manifest,
                f"{metadata}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
                f"{metadata}/entry_points.txt": f"[kubegenie.{group}]\n{entry} = {package}.{target}\n",
                **{f"{package}/{path}": text for path, text in (more or {}).items()},
            },
        )

    def record_again(self, name: str, *paths: str) -> None:
        """Make the record of a distribution say what its files are now; `paths` are added to it."""
        record = self.record(name)
        known = [line.split(",")[0] for line in record.read_text().splitlines()]
        files = [path for path in (*known, *paths) if (self.directory / path).exists() and not path.endswith("RECORD")]
        record.write_text(self._rows(files, record))

    def record(self, name: str) -> Path:
        """The file of a distribution's record."""
        return self.directory / f"{name.replace('-', '_')}-1.0.dist-info" / "RECORD"

    def _write(self, metadata: str, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = self.directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        record = self.directory / metadata / "RECORD"
        record.write_text(self._rows(list(files), record))

    def _rows(self, paths: list[str], record: Path) -> str:
        rows = [f"{path},sha256={self._hash(path)}," for path in paths]
        return "\n".join([*rows, f"{record.relative_to(self.directory)},,"]) + "\n"

    def _hash(self, path: str) -> str:
        digest = hashlib.sha256((self.directory / path).read_bytes()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

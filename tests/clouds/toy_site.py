"""The provider of the toy cloud as an installed distribution, with the record of its files."""

import base64
import hashlib
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = "kubegenie_toy"


def install_toy(directory: Path) -> Path:
    """Lay the distribution into a directory, which then belongs on the path; that directory."""
    manifest = (HERE / "toy.provider.toml").read_text().replace("tests.clouds.toy_provider", f"{PACKAGE}.provider")
    files = {
        f"{PACKAGE}/__init__.py": "",
        f"{PACKAGE}/provider.py": (HERE / "toy_provider.py").read_text(),
        f"{PACKAGE}/toy.provider.toml": manifest,
        f"{PACKAGE}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n",
        f"{PACKAGE}-1.0.dist-info/entry_points.txt": f"[kubegenie.providers]\ntoy = {PACKAGE}.provider:ToyProvider\n",
    }
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    record = "".join(f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in files.items())
    name = f"{PACKAGE}-1.0.dist-info/RECORD"
    (directory / name).write_text(f"{record}{name},,\n")
    return directory


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

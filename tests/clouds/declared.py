"""The entry points that the project declares, whatever this Python's own installation of it is."""

import tomllib
from pathlib import Path

from tests.control_plane import ROOT


def declare_ours(directory: Path) -> Path:
    """Lay the metadata of the project into a directory, which then belongs first on the path; that directory."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    metadata = directory / "kubegenie-9.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kubegenie\nVersion: 9.0\n")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {to}\n" for name, to in each.items()) for group, each in declared.items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    return directory

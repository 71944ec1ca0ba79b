"""Plugins for tests, installed as a package manager does: a module and its metadata on the path."""

import importlib
import sys
from pathlib import Path

import pytest

HELLO = """
from kubegenie_tui.plugin import Command


def hello(chosen):
    return "hello " + " ".join(ref.name for ref in chosen.objects)


def commands():
    return [Command("hello", "say hello", hello, key="f9")]
"""


class PluginSite:
    """A directory on the path for this test only."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.directory = directory
        self._monkeypatch = monkeypatch
        directory.mkdir()
        monkeypatch.syspath_prepend(str(directory))

    def install(self, module: str, source: str, *, function: str = "commands", name: str = "") -> None:
        """Install a module as the plugin `name`."""
        (self.directory / f"{module}.py").write_text(source)
        self._monkeypatch.delitem(sys.modules, module, raising=False)
        metadata = self.directory / f"{module}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[kubegenie.plugins]\n{name or module} = {module}:{function}\n")
        importlib.invalidate_caches()

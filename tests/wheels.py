"""Distributions for tests: projects that are built as wheels and installed by pip, and the directories they lie in."""

import importlib
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "1.0"
[project.entry-points."kubegenie.{group}"]
{entry} = "{package}.plugin:Plugin"
"""
MANIFEST = 'api = 1\nlabel = "a test"\ncapabilities = ["list"]\n'
PLUGIN = """
class Plugin:
    def __init__(self, config): ...
    async def list_clusters(self): return []
"""


def write_project(
    directory: Path, name: str, *, entry: str, group: str = "providers", plugin: str = PLUGIN, manifest: str = MANIFEST
) -> Path:
    """A project with one plugin, in a directory of its name."""
    package = name.replace("-", "_")
    code = directory / name / package
    code.mkdir(parents=True)
    (directory / name / "pyproject.toml").write_text(
        PROJECT.format(name=name, group=group, entry=entry, package=package)
    )
    (code / "__init__.py").write_text("")
    (code / "plugin.py").write_text(plugin)
    (code / f"{entry}.{group.removesuffix('s')}.toml").write_text(manifest)
    return directory / name


def install(projects: Iterable[Path], directory: Path, *words: str) -> dict[str, Path]:
    """Build projects as wheels and install each into a directory of its own; the directories by name. No network.

    `words` are more of the command line of `pip install`.
    """
    built = directory / "wheels"
    _pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(built), *map(str, projects))
    sites = {}
    for wheel in built.glob("*.whl"):
        name = wheel.name.split("-")[0].replace("_", "-")
        sites[name] = directory / name
        _pip("install", "--no-index", "--no-deps", "--target", str(sites[name]), *words, str(wheel))
    return sites


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr


@contextmanager
def on_the_path(*directories: Path) -> Iterator[None]:
    """Directories from which Python imports, the first first, until the block ends."""
    before, modules = list(sys.path), set(sys.modules)
    sys.path[:0] = map(str, directories)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = before
        for name in set(sys.modules) - modules:
            origin = getattr(sys.modules[name], "__file__", None) or ""
            if any(Path(origin).is_relative_to(each) for each in directories):
                del sys.modules[name]
        importlib.invalidate_caches()

"""One kubeconfig file: read, parsed, and able to say on which line a thing stands when something is wrong with it."""

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kubegenie_tui.domain.errors import KubeconfigError

Keys = Sequence[str | int]

_FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FastLoader):  # type: ignore[misc,valid-type]  # the C loader is chosen at run time
    """Dates stay text, as they do for kubectl."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _FastLoader.yaml_implicit_resolvers.items()
}


class KubeconfigFile:
    """A parsed kubeconfig.

    Raises:
        KubeconfigError: it cannot be read, is not YAML, or is not a kubeconfig.
    """

    def __init__(self, path: Path, text: str | None = None) -> None:
        """A kubeconfig; `text` is what stands in it, when that is known already."""
        self.path = path
        self._text = _read(path) if text is None else text
        self.data = self._parse()

    def _parse(self) -> dict[str, Any]:
        try:
            data = yaml.load(self._text, _Loader)  # noqa: S506  # a SafeLoader
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise _not_yaml(self.path, error) from error
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise self.error("This is not a kubeconfig", "the top of the file is not a mapping", keys=())
        kind = data.get("kind") or "Config"
        if kind != "Config":
            raise self.error("This is not a kubeconfig", f"its kind is {kind}, not Config", keys=("kind",))
        return data

    def resolve(self, path: str) -> str:
        """A path written in this file, made absolute: relative ones start from the file's directory."""
        return str(self.path.absolute().parent / path) if path else ""

    def line(self, keys: Keys) -> int:
        """The 1-based line of the value at `keys`, or of the nearest thing above it; 0 for an empty file."""
        node, line = self._root, 0
        for key in (*keys, None):
            if node is None:
                break
            line = node.start_mark.line + 1
            node, line = _child(node, key, line)
        return line

    @cached_property
    def _root(self) -> yaml.Node | None:
        root: yaml.Node | None = yaml.compose(self._text, _Loader)
        return root

    def error(self, what: str, why: str = "", next_step: str = "", *, keys: Keys) -> KubeconfigError:
        """An error that points at the line of `keys`."""
        return KubeconfigError(
            what, why, next_step or f"correct {self.path}", file=str(self.path), line=self.line(keys)
        )


def _child(node: yaml.Node, key: str | int | None, line: int) -> tuple[yaml.Node | None, int]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value, name.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key].start_mark.line + 1
    return None, line


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> KubeconfigError:
    if isinstance(error, UnicodeDecodeError):
        return KubeconfigError("This is not a kubeconfig", "the file is not UTF-8 text", file=str(path))
    why = error.strerror or str(error)
    return KubeconfigError("The kubeconfig cannot be read", why, f"check the permissions of {path}", file=str(path))


def _not_yaml(path: Path, error: Exception) -> KubeconfigError:
    mark = getattr(error, "problem_mark", None)
    parts = [str(part) for part in (getattr(error, "problem", None), getattr(error, "context", None)) if part]
    why = ", ".join(parts) or re.sub(r"\s+", " ", str(error))
    line = mark.line + 1 if mark else 0
    return KubeconfigError("The kubeconfig is not valid YAML", why, f"correct {path}", file=str(path), line=line)

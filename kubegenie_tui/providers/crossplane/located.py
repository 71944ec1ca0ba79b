"""YAML of which every part knows its line, so that what is wrong with it can be pointed at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from yaml import Node

Path = tuple[str | int, ...]
"""Keys and places that lead to a part."""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a file."""

    line: int
    what: str
    why: str = ""
    next_step: str = ""

    @property
    def words(self) -> str:
        """All of it in one line, without the line's number."""
        return " · ".join(filter(None, (self.what, self.why, self.next_step)))


class Located(msgspec.Struct, frozen=True):
    """What a file says, and where."""

    tree: Any
    lines: dict[Path, int]
    """By part, the first line being 1."""

    def line(self, *path: str | int) -> int:
        """The line of a part, or of the nearest above it that there is."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def located(text: str) -> Located | Fault:
    """The one document of a text, or why there is none."""
    import yaml

    try:
        nodes = [each for each in yaml.compose_all(text, yaml.SafeLoader) if each is not None]
        if len(nodes) != 1:
            line = nodes[1].start_mark.line + 1 if nodes else 1
            return Fault(line, f"There are {len(nodes) or 'no'} documents", "", "keep one Composition in each file")
        lines: dict[Path, int] = {}
        for path, line in _lines(nodes[0], (), ()):
            if path in lines:
                return Fault(line, f'The key "{path[-1]}" is there twice', f"first in line {lines[path]}", "keep one")
            lines[path] = line
        return Located(yaml.safe_load(text), lines)
    except _Endless as endless:
        return Fault(endless.line, "Something refers to itself", "", "write it out")
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error)
        return Fault(mark.line + 1 if mark else 1, "It is no YAML", problem or "", "mend what stands there")


class _Endless(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _lines(node: "Node", path: Path, above: "tuple[Node, ...]") -> Iterator[tuple[Path, int]]:
    """The line of the key that a part stands behind, and of all below."""
    import yaml

    if node in above:
        raise _Endless(node.start_mark.line + 1)
    if not path:
        yield path, node.start_mark.line + 1
    within = (*above, node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, str(key.value)), key.start_mark.line + 1
            yield from _lines(value, (*path, str(key.value)), within)
    elif isinstance(node, yaml.SequenceNode):
        for at, item in enumerate(node.value):
            yield (*path, at), item.start_mark.line + 1
            yield from _lines(item, (*path, at), within)

"""YAML or JSON with any number of objects, as a person writes or pastes it: read carefully, faults named by line."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at

LARGEST_TEXT = 5_000_000
"""Characters of all documents together; an API server takes about 3 MB for one object."""
MOST_NODES = 500_000
"""Values of one document once its aliases are followed: a few lines can stand for billions."""


_STEP = re.compile(r'\[(?:(\d+)|([\w-]+)="([^"]*)")\]|([^.\[\]]+)')
"""One step of a field's path: a number, a key of a list's element, or a name."""


class Document(msgspec.Struct, frozen=True):
    """One object as it was written."""

    manifest: Manifest
    line: int
    """1-based, where it begins."""
    source: str
    """File name, or where the text came from."""

    @property
    def place(self) -> str:
        """`web.yaml:12`."""
        return f"{self.source}:{self.line}"


class _Loader(yaml.SafeLoader):
    """YAML as Kubernetes reads it: no dates, and a key is there once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self.flatten_mapping(node)
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f'the key "{key.value}" is there twice', problem_mark=key.start_mark
                    )
                seen.add(key.value)
        return {_key(name): value for name, value in super().construct_mapping(node, deep).items()}


_Loader.yaml_implicit_resolvers = {
    start: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for start, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_documents(text: str, source: str = "the text") -> list[Document]:
    """The objects of a text; those of a `List` one by one, empty documents left out.

    Raises:
        UsageError: it is too large, no YAML, or something in it is no object; with the line.
    """
    _require_small(text, source)
    found = [document for node in _nodes(text, source) for document in _documents(node, source)]
    if not found:
        raise UsageError(
            f"There is no object in {source}", next_step="write at least apiVersion, kind and metadata.name"
        )
    return found


def line_of(text: str, field: str, begins: int = 0) -> int:
    """The line of a field in an object, or that of the nearest one above it which is there.

    Args:
        text: what `read_documents` takes.
        field: as an API server tells it: `spec.containers[0].image`, or `[name="web"]` for the number.
        begins: the line of the object, 1-based; 0 for the first one.
    """
    objects = (found for each in _nodes(text, "") for found in _objects(each))
    node = next((found for found in objects if begins in (0, _line(found))), None)
    line = _line(node) if node is not None else begins
    for number, key, value, name in _STEP.findall(field):
        node, line = _below(node, line, name, int(number) if number else -1, (key, value))
        if node is None:
            break
    return line


def _objects(node: yaml.Node) -> Iterator[yaml.Node]:
    yield node
    if isinstance(node, yaml.MappingNode):
        yield from (item for key, value in node.value if key.value == "items" for item in value.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _below(
    node: yaml.Node | None, line: int, name: str, number: int, named: tuple[str, str]
) -> tuple[yaml.Node | None, int]:
    """What a step of a path leads to, and its line; None and the line before where there is no such thing."""
    if isinstance(node, yaml.MappingNode):
        return next(((value, _line(key)) for key, value in node.value if key.value == name), (None, line))
    if not isinstance(node, yaml.SequenceNode):
        return None, line
    named_so = [each for each in node.value if _holds(each, *named)]
    wanted = named_so if named[0] else node.value[number:][:1] if number >= 0 else []
    return next(((each, _line(each)) for each in wanted), (None, line))


def _holds(node: yaml.Node, key: str, value: str) -> bool:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return any(name.value == key and held.value == value for name, held in pairs)


def read_mapping(text: str, source: str) -> dict[str, Any]:
    """The one mapping of a text that is no object; an empty text is an empty one.

    Raises:
        UsageError: it is too large, no YAML, or something else; with the line.
    """
    _require_small(text, source)
    nodes = list(_nodes(text, source))
    if len(nodes) > 1:
        raise UsageError(f"{source} has {len(nodes)} documents", next_step="leave one")
    for node in nodes:
        _require_bounded(node, source)
    value = _value(nodes[0], source) if nodes else None
    if not isinstance(value, dict | None):
        raise UsageError(f"{source} is no mapping", f"it is {_what(value)}", "write `key: value`")
    return value or {}


def _require_small(text: str, source: str) -> None:
    if len(text) > LARGEST_TEXT:
        size = f"it has {len(text):,} characters, the most is {LARGEST_TEXT:,}"
        raise UsageError(f"{source} is too large", size, "split it")


def _nodes(text: str, source: str) -> Iterator[yaml.Node]:
    try:
        yield from (node for node in yaml.compose_all(text, _Loader) if node is not None)
    except yaml.YAMLError as error:
        raise _fault(error, source) from error
    except RecursionError as error:
        raise UsageError(f"{source} nests too deep") from error


def _documents(node: yaml.Node, source: str) -> Iterator[Document]:
    line = node.start_mark.line + 1
    _require_bounded(node, f"{source}:{line}")
    value = _value(node, source)
    if value is None:
        return
    if isinstance(value, dict) and text_at(value, "kind").endswith("List") and isinstance(value.get("items"), list):
        for item, each in zip(value["items"], _item_nodes(node), strict=True):
            yield _document(item, each.start_mark.line + 1, source)
    else:
        yield _document(value, line, source)


def _item_nodes(node: yaml.Node) -> list[yaml.Node]:
    assert isinstance(node, yaml.MappingNode)
    items: list[yaml.Node] = next(value.value for key, value in node.value if key.value == "items")
    return items


def _document(value: Any, line: int, source: str) -> Document:
    document = Document(value, line, source)
    if not isinstance(value, dict):
        raise UsageError(f"{document.place} is no object", f"it is {_what(value)}", "write apiVersion, kind, metadata")
    for field in ("apiVersion", "kind"):
        if not isinstance(value.get(field), str) or not value[field]:
            raise UsageError(f"{document.place} has no {field}", next_step="every object names its apiVersion and kind")
    metadata = mapping_at(value, "metadata")
    if not (metadata.get("name") or metadata.get("generateName")):
        raise UsageError(f"{document.place}: the {value['kind']} has no metadata.name")
    return document


def _value(node: yaml.Node, source: str) -> Any:
    loader = _Loader("")
    try:
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise _fault(error, source) from error
    except (RecursionError, ValueError, TypeError) as error:
        raise UsageError(f"{source}:{node.start_mark.line + 1} cannot be read", str(error)) from error
    finally:
        loader.dispose()


def _require_bounded(node: yaml.Node, place: str) -> None:
    """Follow aliases as often as they are used, and give up early.

    Raises:
        UsageError: there is too much, or it holds itself.
    """
    todo, count = [node], 0
    while todo:
        count += 1
        if count > MOST_NODES:
            raise UsageError(f"{place} is too large once its aliases are followed", "or it holds itself")
        each = todo.pop()
        if isinstance(each, yaml.MappingNode):
            todo += [part for pair in each.value for part in pair]
        elif isinstance(each, yaml.SequenceNode):
            todo += each.value


def _fault(error: yaml.YAMLError, source: str) -> UsageError:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return UsageError(f"{source}:{mark.line + 1}:{mark.column + 1} is no YAML", error.problem or "")
    return UsageError(f"{source} is no YAML", str(error))


def _key(name: Any) -> Any:
    """Keys of JSON are text: `80:` and `true:` mean what they look like."""
    if isinstance(name, bool):
        return "true" if name else "false"
    return str(name) if isinstance(name, int | float) else name


def _what(value: Any) -> str:
    return {list: "a list", str: "text", bool: "a yes or no"}.get(type(value), "a number")

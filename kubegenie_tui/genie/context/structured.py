"""A kept result that is JSON or YAML, read back as what it says."""

import json
from collections.abc import Iterator
from typing import Any

from kubegenie_tui.domain.errors import UsageError

MOST_CHARACTERS = 4_000_000
"""Of a text that is read back: about two seconds of a thread."""
HEADING = "cluster "
"""How the first line of a look-up begins, which says where it looked."""
_DEEPEST = 100


def structure(name: str, text: str) -> Any:
    """The mapping or list of a result, its first line left out where that is a heading; takes time, use a thread.

    Args:
        name: of the result, for the error.
        text: as it was kept.

    Raises:
        UsageError: it is neither JSON nor YAML, or too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise UsageError(f"{name} is too long to be read by a path", next_step="look into it by grep or by lines")
    body = text.partition("\n")[2]
    texts = (body, text) if text.startswith(HEADING) else (text, body)
    for found in (*_of_json(*texts), *_of_yaml(*texts)):
        if isinstance(found, dict | list):
            return found
    raise UsageError(f"{name} is neither JSON nor YAML", next_step="look into it by grep or by lines")


def _of_json(*texts: str) -> Iterator[Any]:
    for text in texts:
        try:
            yield json.loads(text)
        except (ValueError, RecursionError):
            continue


def _of_yaml(*texts: str) -> Iterator[Any]:
    """What the documents of a text say, or the one."""
    for text in texts:
        if found := documents(text):
            yield found[0] if len(found) == 1 else found


def documents(text: str) -> list[Any]:
    """What each YAML document of a text says; none where it is no YAML, or none that may be read."""
    import yaml

    try:
        return [each for each in yaml.load_all(text, _loader()) if each is not None] if _is_tame(text) else []
    except (yaml.YAMLError, ValueError, RecursionError):
        return []


def _is_tame(text: str) -> bool:
    """Whether it has no aliases, a few of which make a text without end, and is not so deep that the library falls."""
    import yaml

    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            return False
    return True


def _loader() -> Any:
    """Reads times as text, as the API server writes them."""
    import yaml

    class Loader(yaml.CSafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012 - as the library has it
            first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }

    return Loader

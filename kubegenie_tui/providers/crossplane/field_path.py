"""Paths into objects as Crossplane writes them: `spec.subnets[0]`, `metadata.annotations[example.com/owner]`."""

import re
from itertools import pairwise
from typing import Any, Final

Key = str | int
MISSING: Final = object()
"""What a path that leads nowhere reads as: null is something."""
_STEP = re.compile(r"\[([^\[\]]+)\]|([^.\[\]]+)")
_WHOLE = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[[^\[\]]+\])*")


def keys_of(path: str) -> list[Key]:
    """The keys and places on a path; `*` stands for every one.

    Raises:
        ValueError: it is no path.
    """
    if not _WHOLE.fullmatch(path):
        raise ValueError(f'"{path}" is no path such as spec.subnets[0]')
    found = [(each[1].strip("'\""), True) if each[1] else (each[2], False) for each in _STEP.finditer(path)]
    return [int(key) if bracketed and key.isdecimal() else key for key, bracketed in found]


def read(tree: Any, path: str) -> Any:
    """What stands at a path; MISSING when nothing does.

    Raises:
        ValueError: it is no path.
    """
    for key in keys_of(path):
        if isinstance(key, int):
            fits = isinstance(tree, list) and key < len(tree)
        else:
            fits = isinstance(tree, dict) and key in tree
        if not fits:
            return MISSING
        tree = tree[key]
    return tree


def put(tree: Any, path: str, value: Any) -> None:
    """Put a value at a path; what leads there and is not there yet is made.

    Raises:
        ValueError: it is no path, or leads through something of another form.
    """
    keys = keys_of(path)
    for key, following in pairwise(keys):
        below = _at(tree, key, path)
        if below is None:
            below = [] if isinstance(following, int) else {}
            _set(tree, key, below)
        tree = below
    _at(tree, keys[-1], path)
    _set(tree, keys[-1], value)


def _at(tree: Any, key: Key, path: str) -> Any:
    """What is there already, None when nothing is."""
    if isinstance(key, int) and isinstance(tree, list):
        return tree[key] if key < len(tree) else None
    if isinstance(key, str) and isinstance(tree, dict):
        return tree.get(key)
    raise ValueError(f"{path} leads through what is no {'list' if isinstance(key, int) else 'mapping'}")


def _set(tree: Any, key: Key, value: Any) -> None:
    if isinstance(key, int):
        tree.extend([None] * (key + 1 - len(tree)))
    tree[key] = value

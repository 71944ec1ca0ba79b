"""Tool calls put together from their pieces: servers split them at any byte and differ in what they repeat."""

import re
import secrets
from typing import Any

import msgspec

from kubegenie_tui.llm.backend import CallReady

_UNNAMED = "unnamed"
"""Stands for the name that a model left out: servers refuse a conversation with an empty one."""
_CHANNEL = re.compile(r"<\|.*")
_ILLEGAL = re.compile(r"[^\w-]")
_LONGEST_NAME = 64


class _Draft(msgspec.Struct):
    id: str = ""
    name: str = ""
    arguments: str = ""


class CallAssembly:
    """The calls of one answer. Pieces belong together by index; a new id under a used index begins another call."""

    def __init__(self) -> None:
        self._drafts: list[_Draft] = []
        self._by_index: dict[Any, _Draft] = {}

    def add(self, piece: Any) -> None:
        """Take one `tool_calls` entry of a delta, or a whole call of an unstreamed answer."""
        function = getattr(piece, "function", None)
        name = getattr(function, "name", None) or ""
        draft = self._draft_of(piece, getattr(piece, "id", None) or "", name)
        if name and not draft.arguments:
            draft.name = name if name.startswith(draft.name) else draft.name + name
        draft.arguments += _text(getattr(function, "arguments", None))

    def calls(self) -> list[CallReady]:
        """The complete calls in the order in which they began; a missing id is made up, the way Mistral wants them."""
        named = [draft for draft in self._drafts if draft.name or draft.arguments]
        return [CallReady(d.id or f"c{secrets.token_hex(4)}", _legal(d.name), d.arguments or "{}") for d in named]

    def _draft_of(self, piece: Any, call_id: str, name: str) -> _Draft:
        index = getattr(piece, "index", None)
        draft = self._by_index.get(index)
        another = draft is not None and _begins_another(draft, call_id, name)
        unnumbered = index is None and (call_id or name) and not (draft and draft.id == call_id != "")
        if draft is None or another or unnumbered:
            draft = _Draft(call_id)
            self._drafts.append(draft)
            self._by_index[index] = draft
        draft.id = draft.id or call_id
        return draft


def _legal(name: str) -> str:
    """A name that a server takes back: `functions.list` and `list<|channel|>commentary` are `list`."""
    name = _CHANNEL.sub("", name).strip().removeprefix("functions.")
    return _ILLEGAL.sub("_", name)[:_LONGEST_NAME] or _UNNAMED


def _begins_another(draft: _Draft, call_id: str, name: str) -> bool:
    """Some servers number every parallel call 0: another id tells them apart, or a name after complete arguments."""
    if call_id and draft.id:
        return call_id != draft.id
    return bool(name) and _is_complete(draft.arguments)


def _is_complete(arguments: str) -> bool:
    try:
        msgspec.json.decode(arguments)
    except msgspec.DecodeError:
        return False
    return True


def _text(arguments: Any) -> str:
    """Some servers send the arguments as an object."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()

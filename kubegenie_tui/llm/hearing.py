"""What of a model's text is its answer and what is a call: told apart while it comes."""

import re
import secrets
from collections.abc import Collection
from typing import Protocol

from kubegenie_tui.llm.backend import CallReady
from kubegenie_tui.llm.spoken import Spoken, calls_in

_MARKS = (
    "<tool_call", "<function", "<tools>", "<tool>", "<|python_tag|>", "<|tool_call|>", "[TOOL_CALLS]", "functools[",
    "<\uff5ctool\u2581call", "<|channel|>commentary to=", "<|start|>assistant<|channel|>commentary to=", "```",
)  # fmt: skip
_MARK = re.compile("|".join(re.escape(mark) for mark in _MARKS))
_LINE_MARK = re.compile(r"\n[ \t]*(?:\{|\[\s*\{|\**Action:)")
_FIRST_MARK = re.compile(r"\s*(?:\{|\[\s*[\w{]|\**Action:)")
_MAY_BE_LINE_MARK = re.compile(r"\s*(?:\[\s*|\*{0,2}A?c?t?i?o?n?)?")
_FENCE_HEAD = re.compile(r"```[ \t]*(\w*)[ \t]*\n")
_CALL_FENCES = frozenset({"", "json", "tool", "tool_call", "tool_calls", "tool_code", "python", "xml"})
_LONGEST_MARK = max(map(len, _MARKS))
_BEGINNINGS = frozenset(mark[:length] for mark in _MARKS for length in range(1, len(mark) + 1))


class Hearing(Protocol):
    """Takes a text in pieces of any size."""

    def take(self, piece: str) -> str:
        """The part of the answer that is certain now."""

    def end(self) -> tuple[str, list[CallReady]]:
        """The rest of the answer, and the calls, when the text is over."""


class PlainHearing:
    """All is answer."""

    def take(self, piece: str) -> str:
        """The piece itself."""
        return piece

    def end(self) -> tuple[str, list[CallReady]]:
        """Nothing is left."""
        return "", []


class CallHearing:
    """Text up to the first call is answer; behind it models only dream up results."""

    def __init__(self, names: Collection[str]) -> None:
        """`names`: of the tools there are."""
        self._names = names
        self._held = ""
        self._said = False
        self._is_call = False
        self._in_fence = False

    def take(self, piece: str) -> str:
        """The part of the answer that is certain now."""
        self._held += piece
        released = ""
        while not self._is_call:
            part = self._release()
            if not part:
                break
            released += part
            self._said = self._said or bool(part.strip())
        return released

    def end(self) -> tuple[str, list[CallReady]]:
        """The rest of the answer, and the calls."""
        found = calls_in(self._held, self._names) if self._is_call or not self._in_fence else []
        rest = self._held[: found[0].start].rstrip() if found else self._held
        return rest, [as_call(call) for call in found]

    def _release(self) -> str:
        """Text from the front of what is held; empty when it may be a call."""
        if not self._said and _FIRST_MARK.match(self._held):
            return self._behind_value()
        found = [mark for mark in (_MARK.search(self._held), _LINE_MARK.search(self._held)) if mark]
        if not found:
            return self._cut(len(self._held) - self._uncertain())
        first = min(found, key=lambda mark: mark.start())
        if first.start() > 0:
            return self._cut(first.start())
        if first[0] == "```":
            return self._of_fence()
        if first[0].startswith("\n"):
            return self._behind_value()
        self._is_call = True
        return ""

    def _behind_value(self) -> str:
        """JSON, or what looks like it: a call, or a line that only begins so."""
        if calls_in(self._held, self._names):
            self._is_call = True
            return ""
        line = self._held.lstrip("\n").partition("\n")
        is_prose = line[1] and not re.search(r"[\[{(,:\]})]\s*$", line[0]) and "Action:" not in line[0]
        return self._cut(self._held.index(line[0]) + len(line[0])) if is_prose else ""

    def _of_fence(self) -> str:
        if self._in_fence:
            self._in_fence = False
            return self._cut(3)
        head = _FENCE_HEAD.match(self._held)
        if head is None:
            return "" if len(self._held) < 40 and "\n" not in self._held else self._open_fence(3)
        if head[1].lower() not in _CALL_FENCES:
            return self._open_fence(head.end())
        close = self._held.find("```", head.end())
        if close < 0:
            return ""
        if calls_in(self._held[: close + 3], self._names):
            self._is_call = True
            return ""
        return self._cut(close + 3)

    def _open_fence(self, length: int) -> str:
        self._in_fence = True
        return self._cut(length)

    def _cut(self, length: int) -> str:
        released, self._held = self._held[:length], self._held[length:]
        return released

    def _uncertain(self) -> int:
        """How many characters at the end may be the beginning of a mark."""
        held = self._held
        blank = len(held) - len(held.rstrip())
        for length in range(min(_LONGEST_MARK, len(held)), 0, -1):
            if held[-length:] in _BEGINNINGS:
                blank = max(blank, length)
                break
        line = held.rfind("\n")
        if (line >= 0 or not self._said) and _MAY_BE_LINE_MARK.fullmatch(held[max(line, 0) :]):
            blank = max(blank, len(held) - max(line, 0))
        return len(held) if not self._said and not held.strip() else blank


def as_call(spoken: Spoken) -> CallReady:
    """A spoken call as if the server had read it; ids are made up."""
    return CallReady(f"c{secrets.token_hex(4)}", spoken.name, spoken.arguments)

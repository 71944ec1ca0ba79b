"""Calls that a person is asked about first, with all that would be sent in view."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import ModelError, UsageError
from kubegenie_tui.domain.text import plain_lines

LONGEST_ASKED = 2_000
"""Characters of arguments that a person can be asked to look at."""


class AskedCall(msgspec.Struct, frozen=True):
    """A call that a person is asked about."""

    tool: str
    """As the model knows it: `exec`, `github_create_issue`."""
    words: str
    """What follows its name and leads to the arguments: `is not ours. It would be called with`."""
    arguments: str
    """What it would be called with: JSON, one value a line."""


Ask = Callable[[AskedCall], Awaitable[bool]]


class Asker:
    """The person of a turn, asked one question at a time."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._one_question = asyncio.Lock()
        self._waited = 0.0
        self._since: float | None = None

    @property
    def waited(self) -> float:
        """Seconds for which the person was waited for so far."""
        return self._waited + (self._clock() - self._since if self._since is not None else 0.0)

    async def lets(self, call: AskedCall) -> bool:
        """Whether the person lets it be called."""
        async with self._one_question:
            self._since = self._clock()
            try:
                return await self._ask(call)
            finally:
                self._waited, self._since = self.waited, None


asker: ContextVar[Asker | None] = ContextVar("asker", default=None)
"""How the person of this turn is asked; None where nobody is there to be."""


async def require_leave(name: str, words: str, arguments: dict[str, Any]) -> None:
    """Go on when the person lets it.

    Raises:
        ModelError: the person said no, or cannot be asked.
        UsageError: the arguments are more than can be looked at.
    """
    person = asker.get()
    if person is None:
        what = f"{name} needs the person's leave, and nobody can be asked here"
        raise ModelError(what, "", "answer without it; in the app they are asked")
    shown = _shown(arguments)
    if len(shown) > LONGEST_ASKED:
        raise UsageError(f"{name}: the arguments are too long to be looked at", next_step="call it with less")
    if not await person.lets(AskedCall(name, words, shown)):
        raise ModelError(f"Not done: the person does not want {name} to be called", "", "answer without it")


def _shown(arguments: dict[str, Any]) -> str:
    """All of what would be sent, as it would be: nothing masked, nothing invisible."""
    text = json.dumps(arguments, indent=2, ensure_ascii=False)
    return text if plain_lines(text) == text else json.dumps(arguments, indent=2)

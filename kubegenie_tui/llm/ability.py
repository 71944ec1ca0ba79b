"""What is known of a model on its server: learnt from its answers, kept with its date, and asked again in time."""

import contextlib
import time
from collections.abc import Callable
from typing import Any, Literal, Protocol

import msgspec

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.model_settings import Profile

Rung = Literal["streamed", "plain", "schema", "text"]
LADDER: tuple[Rung, ...] = ("streamed", "plain", "schema", "text")
RUNG_WORDS: dict[Rung, str] = {
    "streamed": "tools, streamed",
    "plain": "tools, not streamed",
    "schema": "calls by a JSON schema",
    "text": "calls in its text",
}
ONE_CALL: frozenset[Rung] = frozenset({"schema", "text"})
"""Rungs on which a model is told to make one call at a time."""
SCOPE = "model"
WEEK = 7 * 86_400.0
SMALL_CONTEXT = 16_000
"""Tokens below which a model is given less."""


class Ability(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a model on its server can do. None: not known yet."""

    rung: Rung = "streamed"
    """How it is asked for calls: the best that was not refused."""
    calls: bool | None = None
    """Whether it was seen to make one."""
    parallel: bool | None = None
    """Whether it was seen to make several at once; False where it was asked to and did not, or is told to make one."""
    streams: bool = True
    usage: bool | None = None
    """Whether tokens are counted."""
    usage_option: bool = True
    """Whether the server may be asked for the count in a stream."""
    system: bool = True
    """Whether it may be told something before the first question."""
    stops: bool = True
    """Whether it may be told where to stop."""
    context: int = 0
    """Tokens that fit; 0: not known."""
    looked: bool = False
    """Whether the server was asked for the context."""
    learnt: float = 0.0
    """When this was first known, seconds since the epoch."""

    @property
    def is_tried(self) -> bool:
        """Whether its rung is sure: a call was seen, or there is none below."""
        return self.calls is True or self.rung == "text"

    def profile(self, wanted: Literal["auto", "full", "small"], context: int) -> Profile:
        """How much it is given."""
        if wanted != "auto":
            return wanted
        return "small" if 0 < context < SMALL_CONTEXT or self.rung == "text" else "full"


class Notes(Protocol):
    """Where facts are kept; see `store.facts.Facts`."""

    async def get(self, scope: str, key: str) -> str | None:
        """A fact, None when it is not known."""

    async def set(self, scope: str, key: str, value: str) -> None:
        """Remember a fact."""


def fact_key(server: str, model: str) -> str:
    """Under what the ability of a model is kept."""
    return f"{server} {model}"


def read_ability(value: str | None, now: float) -> Ability:
    """A kept ability; nothing is known when there is none, or it is older than a week."""
    if value is None:
        return Ability()
    try:
        kept = msgspec.json.decode(value, type=Ability)
    except msgspec.DecodeError:
        return Ability()
    return kept if now - kept.learnt < WEEK else Ability()


class Learning:
    """The ability of one model as it becomes known."""

    def __init__(self, notes: Notes | None, *, now: Callable[[], float] = time.time) -> None:
        """Without notes nothing is asked on the side and nothing is kept: the model is taken at its word."""
        self._notes = notes
        self._now = now
        self._key = ""
        self.ability = Ability() if notes is not None else Ability(calls=True, looked=True)

    @property
    def asks(self) -> bool:
        """Whether the model is asked on the side for what its answers do not show."""
        return self._notes is not None

    async def recall(self, server: str, model: str) -> None:
        """Read what is known, once."""
        if self._key or self._notes is None:
            return
        self._key = fact_key(server, model)
        with contextlib.suppress(StoreError):
            self.ability = read_ability(await self._notes.get(SCOPE, self._key), self._now())

    async def learn(self, **changes: Any) -> None:
        """Take in what an answer showed."""
        known = self.ability
        if all(getattr(known, name) == value for name, value in changes.items()):
            return
        self.ability = msgspec.structs.replace(known, learnt=known.learnt or self._now(), **changes)
        if self._notes is not None and self._key:
            with contextlib.suppress(StoreError):
                await self._notes.set(SCOPE, self._key, msgspec.json.encode(self.ability).decode())

    def forget(self) -> None:
        """Begin anew, from the top of the ladder."""
        self.ability = Ability()

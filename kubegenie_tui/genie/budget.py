"""What one turn may take: seconds of the model and its look-ups, tokens, and dollars where there are prices."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

from kubegenie_tui.domain.model_settings import TurnLimits
from kubegenie_tui.domain.quantity import format_dollars
from kubegenie_tui.genie.leave import Asker
from kubegenie_tui.genie.offline.markdown import words
from kubegenie_tui.llm.backend import BackendEvent, Ended

Clock = Callable[[], float]
_NEARLY = 0.8
"""The part of a limit from which on the model is told to come to an end."""
_MOST_FOUND = 12
"""The latest look-ups that are told at the end."""
_LONGEST_FOUND = 240
"""Characters of one of them."""


class TimeIsUp(Exception):
    """The turn has taken all the seconds that it may."""


class Budget:
    """Counts for one turn. What a person is waited for takes no time of it."""

    def __init__(self, limits: TurnLimits, person: Asker | None, clock: Clock = time.monotonic) -> None:
        self._limits = limits
        self._person = person
        self._clock = clock
        self._began = clock() - self._waited
        self._tokens = 0
        self._longest = 0
        """Tokens of the longest request so far."""
        self._cost = 0.0
        self._dearest = 0.0
        """Dollars of the dearest request so far."""

    @property
    def _waited(self) -> float:
        return self._person.waited if self._person is not None else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Until the limit; None without one."""
        spent = self._clock() - self._began - self._waited
        return self._limits.seconds - spent if self._limits.seconds > 0 else None

    @property
    def is_out_of_time(self) -> bool:
        """Whether no second is left."""
        return self.seconds_left is not None and self.seconds_left <= 0

    def count(self, tokens: int, cost: float | None = None) -> None:
        """A request took so many, in and out, and so many dollars; None where nobody said what it costs."""
        self._tokens += tokens
        self._longest = max(self._longest, tokens)
        self._cost += cost or 0.0
        self._dearest = max(self._dearest, cost or 0.0)

    @property
    def is_nearly_spent(self) -> bool:
        """Whether the next request may be the last one."""
        left, limits = self.seconds_left, self._limits
        is_late = left is not None and left <= limits.seconds * (1 - _NEARLY)
        is_dear = 0 < limits.dollars <= self._cost + self._dearest
        return is_late or is_dear or 0 < limits.tokens <= self._tokens + self._longest

    @property
    def spent(self) -> str:
        """The limit that is reached, in words; empty while there is none."""
        if self.is_out_of_time:
            return f"{self._limits.seconds:g} seconds of the model and its look-ups (`turn_seconds`)"
        if 0 < self._limits.tokens <= self._tokens:
            return f"{self._limits.tokens:,} tokens (`turn_tokens`)"
        if 0 < self._limits.dollars <= self._cost:
            return f"{format_dollars(self._limits.dollars)} (`turn_cost`)"
        return ""

    async def within(self, events: AsyncIterator[BackendEvent]) -> AsyncGenerator[BackendEvent]:
        """The events of an answer, as long as there is time; one that is complete stands.

        Raises:
            TimeIsUp: there is none left.
        """
        is_complete = False
        while True:
            if self.is_out_of_time and not is_complete:
                raise TimeIsUp
            try:
                async with asyncio.timeout(None if is_complete else self.seconds_left) as limit:
                    event = await anext(events, None)
            except TimeoutError:
                if limit.expired():
                    raise TimeIsUp from None
                raise
            if event is None:
                return
            is_complete = is_complete or isinstance(event, Ended)
            yield event


def ended_early(limit: str, found: Sequence[str]) -> str:
    """What the person is told of a turn that has reached a limit, Markdown: what was found, and how to go on."""
    lines = [words(line[:_LONGEST_FOUND]) for line in dict.fromkeys(found)]
    more = f" ({len(lines) - _MOST_FOUND} earlier ones left out)" if len(lines) > _MOST_FOUND else ""
    listed = [f"What was looked up so far{more}:\n", *(f"- {line}" for line in lines[-_MOST_FOUND:]), ""]
    end = f"*This turn has reached its limit of {limit}. Ask me to go on, and I do from here.*"
    return "\n\n" + "\n".join([*(listed if lines else ()), end]) + "\n"

"""Where an answer is put together: look-ups are done and told as they go, words are said, places are shown."""

import asyncio
import itertools
import time
from collections.abc import Awaitable

from kubegenie_tui.domain.conversation import (
    MASKED,
    ChatEvent,
    ChoicesOffered,
    Link,
    LinksOffered,
    NextOffered,
    PlanProposed,
    ShowRequested,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.context.kept import bounded
from kubegenie_tui.genie.offline.markdown import words
from kubegenie_tui.genie.reading.diagnosing import symptoms
from kubegenie_tui.genie.reading.scope import Result, Scope


class Desk:
    """Events of one answer in their order."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.events: asyncio.Queue[ChatEvent | None] = asyncio.Queue()
        """None at the end."""
        self.understood = True
        """Whether it was known what was meant, and of what."""
        self._numbers = itertools.count(1)
        self._parted = True
        """Whether what comes next stands apart already: at the beginning, and after an empty line."""

    async def look(self, label: str, reading: Awaitable[Result]) -> Result:
        """Do a look-up and tell of it.

        Raises:
            KubeGenieError: it failed.
        """
        call_id, label = f"look-{next(self._numbers)}", self.scope.redactor.text(label)
        self.events.put_nowait(ToolStarted(call_id, label))
        began = time.perf_counter()
        try:
            result = await reading
        except KubeGenieError as error:
            what, text = self.scope.redactor.text(error.what), self.scope.redactor.text(str(error))
            self._finish(call_id, label, began, Result(what, text), ok=False)
            raise
        self._finish(call_id, label, began, result, ok=True)
        return result

    def _finish(self, call_id: str, label: str, began: float, result: Result, *, ok: bool) -> None:
        elapsed = (time.perf_counter() - began) * 1000
        finished = ToolFinished(
            call_id, label, ok, result.summary, bounded(result.text), elapsed, findings=symptoms(result)
        )
        self.events.put_nowait(finished)

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def say(self, text: str) -> None:
        """More of the answer; a break before it and one after what was said make one empty line, not two."""
        text = text.lstrip("\n") if self._parted else text
        if text:
            self._parted = text.endswith("\n\n")
            self.events.put_nowait(TextDelta(text))

    def show(self, wanted: ShowRequested | None) -> None:
        """Let the explorer show it."""
        if wanted is not None:
            self.events.put_nowait(self.scope.placed(wanted))

    def propose(self, proposal: PlanProposed) -> None:
        """Put a change before the person."""
        self.events.put_nowait(proposal)

    def link(self, links: tuple[Link, ...]) -> None:
        """Say where the facts can be seen."""
        if links:
            self.events.put_nowait(LinksOffered(links))

    def offer_next(self, *steps: str) -> None:
        """Say what can be asked next, each a sentence of the chat; of a cluster that is not in view in words alone."""
        masked = dict.fromkeys(self.scope.redactor.text(plain(step)) for step in steps)
        if whole := tuple(step for step in masked if MASKED not in step):
            if self.scope.elsewhere:
                self.say("".join(["\n", *(f"- Next: {words(step)}\n" for step in whole)]))
            else:
                self.events.put_nowait(NextOffered(whole))

    def offer(self, question: str, choices: tuple[ObjectRef, ...]) -> None:
        """Let the person pick."""
        self.events.put_nowait(ChoicesOffered(question, choices))

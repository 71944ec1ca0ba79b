"""The tools of a turn, wary of whatever may give orders: failures quote others, and so does what was told before."""

import asyncio
from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.genie.tools.toolbox import PROPOSE, Toolbox
from kubegenie_tui.llm.backend import CallReady

_LOOKED_BACK = 40
"""Messages."""


class WaryToolbox(Toolbox):
    """A toolbox that also looks through what is not a result."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._before: list[str] = []

    def told_before(self, history: Sequence[Message]) -> None:
        """What the conversation was until now; it is looked through when something is proposed."""
        self._before = list(_of_others(history[-_LOOKED_BACK:]))

    async def run(self, call: CallReady, limit: int = RESULT_CHARACTERS) -> Result:
        """As `Toolbox.run`; a proposal is one tier more careful also after what was told before."""
        if call.name == PROPOSE:
            await self._look_back()
        return await super().run(call, limit)

    def failed(self, error: KubeGenieError) -> str:
        """What happened, masked, with a note where it gives orders: servers put anything into what they refuse."""
        what, why = (self._scope.redactor.text(part) for part in (error.what, error.why))
        return self._suspected(Result(what, f"{what}\n{why}")).summary

    def heard(self, text: str) -> str:
        """A text of the cluster that no tool has brought: as one that a tool has."""
        return self._suspected(Result("", text)).text

    async def _look_back(self) -> None:
        while self._before and not self._scope.doubt:
            self._suspected(Result("", self._before.pop()))
            await asyncio.sleep(0)


def _of_others(history: Sequence[Message]) -> Iterator[str]:
    """Texts that hold words of a cluster: what is told of earlier turns, and what the turn before has looked up.

    A model is told what the built-in engine answered and what became of changes. Of look-ups it knows what it has said
    itself, and a person's yes may be about that.
    """
    asked = max((place for place, message in enumerate(history) if message.role == "user"), default=0)
    for place, message in enumerate(history):
        if message.is_of_app or (message.role == "tool" and place > asked):
            yield message.text[:RESULT_CHARACTERS]

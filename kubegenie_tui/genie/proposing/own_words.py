"""What the person's own text asks for: only that, proposed by a model, may be covered by a yes that they gave before.

A model may have any change from what it has read, and nothing tells surely which text gives orders. What the person
wrote is read by the built-in engine, which hears nothing else: it has to find the same operation on the same object
with the same values. What it does not understand is asked about.
"""

from collections.abc import Sequence

from kubegenie_tui.domain.asked_where import here
from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.genie.offline.elsewhere import elsewhere
from kubegenie_tui.genie.offline.engine import said, understand
from kubegenie_tui.genie.offline.undoing import asks_to_undo
from kubegenie_tui.genie.proposing.planning import Wish
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.wishes.ways import operation_of, way_of
from kubegenie_tui.genie.wishes.wish import Step

UNASKED = "your own words do not ask for just this, and text of the cluster may have led the model to it"
"""Why a yes that was given before does not cover what a model proposes."""
_Asked = tuple[Scope, tuple[Step, ...]]
"""Where, and what."""


class OwnWords:
    """What a person said in a turn. It is read when something is proposed."""

    def __init__(self, scope: Scope, text: str, history: Sequence[Message] = ()) -> None:
        """Nothing is read yet.

        Args:
            scope: what they look at.
            text: what they said.
            history: what was said before; of it only their own texts are read.
        """
        self._scope = scope
        self._text = text
        self._history = here(history, scope.reader.name)
        self._asked: _Asked | None = None

    async def ask_for(self, wish: Wish, cluster: str) -> bool:
        """Whether they ask for this change of each of its objects; False as well where that cannot be told."""
        try:
            self._asked = self._asked or await self._read()
            scope, steps = self._asked
            return scope.reader.name == cluster and all(
                [await _is_among(scope, steps, wish, (ref.kind, ref.namespace, ref.name)) for ref in wish.refs]
            )
        except KubeGenieError:
            return False

    async def _read(self) -> _Asked:
        if asks_to_undo(self._text, self._history):
            return self._scope, ()
        scope, sentences = await elsewhere(self._scope, said(self._text, self._history))
        intent = await understand(scope, sentences)
        read = [each for each in (intent, *intent.also) if not (each.unknown or each.note or each.choices)]
        wishes = [each.wish for each in read if each.wish is not None and each.wish.outcome == "write"]
        return scope, tuple(step for wish in wishes for step in wish.steps)


async def _is_among(scope: Scope, steps: Sequence[Step], wish: Wish, meant: tuple[str, str, str]) -> bool:
    for step in steps:
        ref = step.ref
        is_meant = (ref.kind, ref.namespace, ref.name) == meant
        if is_meant and operation_of(step, scope.reader.kinds) == wish.operation:
            return (await way_of(scope, step)).given == wish.given
    return False

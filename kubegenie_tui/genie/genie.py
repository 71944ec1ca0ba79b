"""Who answers in the chat: a model when there is one, else the built-in engine, which steps in for a silent model."""

import asyncio
import importlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kubegenie_tui.domain.asked_where import here
from kubegenie_tui.domain.cluster_reader import ClusterSource, kinds_known
from kubegenie_tui.domain.conversation import (
    Aftermath,
    ChatEvent,
    Failed,
    Focus,
    Message,
    Noted,
    PlanProposed,
    Proposal,
    Symptom,
    TextDelta,
)
from kubegenie_tui.domain.errors import KubeGenieError, ModelError, UsageError
from kubegenie_tui.domain.genie_mode import DOUBT, Mode
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.genie.beside import UNREAD, reading
from kubegenie_tui.genie.context.kept import Kept
from kubegenie_tui.genie.context.past import Summaries
from kubegenie_tui.genie.context.window import Window
from kubegenie_tui.genie.preferences import Preferences
from kubegenie_tui.genie.redaction.redactor import Redactor

if TYPE_CHECKING:
    from kubegenie_tui.genie.hiding import Hiding
    from kubegenie_tui.genie.outside import OutsideTools
    from kubegenie_tui.genie.reading.scope import Execute, Look, NoteSource, Scope, TakeBack
    from kubegenie_tui.llm.backend import Backend

ModelOf = Callable[[str], "Backend | None"]


class Genie:
    """Answers questions about the clusters of a source. Imports what it needs when first asked."""

    def __init__(
        self,
        clusters: ClusterSource,
        model_of: "ModelOf | None" = None,
        look: "Look | None" = None,
        *,
        preferences: Preferences | None = None,
        take_back: "TakeBack | None" = None,
        execute: "Execute | None" = None,
        outside: "OutsideTools | None" = None,
        notes: "NoteSource | None" = None,
    ) -> None:
        """Make one.

        Args:
            clusters: what can be asked about.
            model_of: the model that answers about a cluster, None for the built-in engine.
            look: what the gate says of a plan, None where nothing can be changed.
            preferences: what the settings say; None for nothing.
            take_back: plans to undo what was made, None where nothing can be changed.
            execute: runs a command in a container once the person lets it, None where nobody can.
            outside: tools of other servers for the model, None for none.
            notes: what people noted about faults, None where nothing is kept.
        """
        self._clusters = clusters
        self._model_of = model_of or (lambda _: None)
        self._look = look
        self._preferences = preferences or Preferences()
        self._modes: dict[str, Mode] = {}
        self._take_back = take_back
        self._execute = execute
        self._outside = outside
        self._notes = notes
        self._redactor = Redactor()
        self._hiding: Hiding | None = None
        self._kept = Kept()
        self._summaries = Summaries()
        self._windows: WeakKeyDictionary[Backend, Window] = WeakKeyDictionary()
        self._understands = False

    def greeting(self, cluster: str = "") -> str:
        """What an empty chat about a cluster says, one line a paragraph."""
        backend = self._model_of(cluster)
        if backend is not None:
            return (
                f"Ask me about this cluster. {backend.name} answers; it looks things up, and may propose a "
                "change, which you look at and decide."
            )
        return (
            "Ask me about this cluster: what is wrong and why, what there is, logs, events, use. "
            "I answer without a model. A change I only propose: you look at it and decide."
        )

    async def prepare(self) -> None:
        """Learn the built-in engine's language, once: a third of a second, in a thread as nothing else may wait."""
        if not self._understands:
            await asyncio.to_thread(_learn)
            self._understands = True

    async def ask(
        self,
        text: str,
        focus: Focus,
        history: Sequence[Message] = (),
        beside: str = "",
        kept: Kept | None = None,
    ) -> AsyncIterator[ChatEvent]:
        """One turn, from first look-up to its end; closing the iterator stops it at once.

        The last event is Finished, or Failed; nothing is raised.

        Args:
            text: what the person asks.
            focus: what they look at.
            history: what was said before.
            beside: a text that they give to be read with the question. It is data, of which a model alone is told.
            kept: what of the conversation's results can be recalled; None for those of no conversation.
        """
        try:
            self.heard(text)
            await self.prepare()
            scope = await reading(await self._scope(focus, kept), beside)
            await kinds_known(scope.reader)
            model = self._model_of(focus.cluster)
            if model is None or (not beside and await self._is_plain(scope, text, history)):
                turn = self._built_in(scope, text, history)
            else:
                turn = self._by_model(model, scope, text, history)
            async with aclosing(turn) as events:
                async for event in events:
                    yield event
        except KubeGenieError as error:
            yield self._failed(error)

    async def proposed_anew(self, kept: Proposal) -> PlanProposed:
        """The plan of a proposal that a conversation kept.

        Raises:
            KubeGenieError: it cannot be made any more.
        """
        from kubegenie_tui.genie.proposing.anew import proposed_anew

        scope = await self._scope(Focus(kept.cluster))
        await kinds_known(scope.reader)
        return await proposed_anew(scope, kept)

    async def looked_after(
        self, plan: Plan, answers: Symptom | None = None, known: Sequence[Symptom] = ()
    ) -> AsyncIterator[Aftermath]:
        """What becomes of the objects of a plan that was carried out; see `genie.aftermath`.

        Raises:
            KubeGenieError: the cluster cannot be asked.
        """
        from kubegenie_tui.genie.aftermath import looked_after

        scope = await self._scope(Focus(plan.cluster))
        await kinds_known(scope.reader)
        async with aclosing(looked_after(scope, plan, answers, known)) as looks:
            async for seen in looks:
                yield seen

    def keepable(self, plan: Plan) -> bool:
        """Whether a plan holds nothing that would be masked, so that it can be kept whole."""
        from kubegenie_tui.genie.proposing.keeping import is_keepable

        return is_keepable(plan, self._redactor)

    def heard(self, text: str) -> None:
        """Know what a person tells a Secret to hold, so that it is masked wherever it stands."""
        self._redactor.learn_told(text)

    def masked(self, text: str) -> str:
        """A text without credentials, those of Secrets that were read among them."""
        return self._redactor.text(text)

    async def masked_long(self, text: str) -> str:
        """The same of a text of any length, with turns for others."""
        return await self._redactor.long_text(text)

    def mode_of(self, cluster: str) -> Mode:
        """How far it may go in a cluster."""
        return self._modes.get(cluster, self._preferences.mode)

    def set_mode(self, cluster: str, mode: Mode) -> None:
        """Let it go so far in a cluster, until the app ends."""
        self._modes[cluster] = mode

    async def _scope(self, focus: Focus, kept: Kept | None = None) -> "Scope":
        from kubegenie_tui.genie.reading.scope import Scope

        name = focus.cluster or self._clusters.current
        if not name:
            raise UsageError("There is no cluster to ask about", next_step="choose one in the list of clusters")
        reader = await self._clusters.open(name)
        mode = self.mode_of(name)
        return Scope(
            reader,
            focus,
            self._redactor,
            self._clusters,
            ignored=self._preferences.ignored,
            policy=self._preferences.policy,
            look=None if mode == "read-only" else self._look,
            take_back=None if mode == "read-only" else self._take_back,
            execute=None if mode == "read-only" else self._execute,
            doubt=DOUBT if mode == "paranoid" else "",
            kept=self._kept if kept is None else kept,
            outside=self._outside,
            notes=self._notes,
        )

    async def _is_plain(self, scope: "Scope", text: str, history: Sequence[Message]) -> bool:
        from kubegenie_tui.genie.offline.fast import needs_no_model

        return await needs_no_model(scope, text, here(history, scope.reader.name))

    async def _built_in(self, scope: "Scope", text: str, history: Sequence[Message]) -> AsyncGenerator[ChatEvent]:
        from kubegenie_tui.genie.offline.engine import answer

        if scope.beside:
            yield TextDelta(UNREAD)
        async with aclosing(answer(scope, text, here(history, scope.reader.name))) as events:
            async for event in events:
                yield event

    async def _by_model(
        self, model: "Backend", scope: "Scope", text: str, history: Sequence[Message]
    ) -> AsyncGenerator[ChatEvent]:
        from kubegenie_tui.genie.loop import Loop

        for line in await self._outside.open() if self._outside is not None else []:
            yield Noted(self.masked(line))
        spoken, window = False, self._windows.setdefault(model, Window())
        asked, seen = self._without_names(model, scope) if model.settings.hide_names else (model, scope)
        try:
            async with aclosing(Loop(asked, seen, window, self._summaries).run(text, history)) as events:
                async for event in events:
                    spoken = not event.is_anew if isinstance(event, TextDelta) else spoken
                    yield event
            return
        except ModelError as error:
            failure = error
        if spoken:
            yield self._failed(failure)
            return
        async with aclosing(self._instead(scope, text, history, failure)) as events:
            async for event in events:
                yield event

    def _without_names(self, model: "Backend", scope: "Scope") -> "tuple[Backend, Scope]":
        from kubegenie_tui.genie.hiding import Hiding

        self._hiding = self._hiding or Hiding()
        return self._hiding.between(model, scope)

    async def _instead(
        self, scope: "Scope", text: str, history: Sequence[Message], failure: ModelError
    ) -> AsyncGenerator[ChatEvent]:
        """The built-in engine's answer to a question that the model could not take."""
        from kubegenie_tui.genie.offline.engine import understands

        if not await understands(scope, text, here(history, scope.reader.name)):
            rest = "; the built-in engine can answer simple questions, such as: what is wrong here?"
            yield Failed(failure.what, failure.why, f"{failure.next_step}{rest}".removeprefix("; "))
            return
        why = " · ".join(part for part in (failure.what, failure.why, failure.next_step) if part)
        yield TextDelta(f"*{self.masked(why)}. The built-in engine answers instead.*\n\n")
        async with aclosing(self._built_in(scope, text, history)) as events:
            async for event in events:
                yield event

    def _failed(self, error: KubeGenieError) -> Failed:
        what, why, next_step = (self.masked(part) for part in (error.what, error.why, error.next_step))
        return Failed(what, why, next_step)


def _learn() -> None:
    from kubegenie_tui.genie.offline.questions import forms
    from kubegenie_tui.genie.wishes.phrases import phrases

    importlib.import_module("kubegenie_tui.genie.offline.fast")
    forms()
    phrases()

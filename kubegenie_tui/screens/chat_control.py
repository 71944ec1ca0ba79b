"""Brings a conversation to a pane: asks with what the person looks at in mind, and goes where an answer leads."""

import re
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from textual.content import Content

from kubegenie_tui.domain.acting import own_name
from kubegenie_tui.domain.asked_where import leading_there
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    Conversation,
    Focus,
    PlanProposed,
    ShowRequested,
)
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.kind_groups import plural_title
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age, format_dollars
from kubegenie_tui.domain.text import plain, plain_lines
from kubegenie_tui.genie.leave import Asker, asker
from kubegenie_tui.screens.chat_reviews import ChatReviews
from kubegenie_tui.screens.filling import Filling
from kubegenie_tui.screens.messages import AskRequested, DetailRequested, ExplorerRequested, LogsRequested
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.message import Message

    from kubegenie_tui.genie.session import ChatSession
    from kubegenie_tui.services import Services
    from kubegenie_tui.store.conversations import Conversations
    from kubegenie_tui.widgets.chat_pane import ChatPane

MODEL_HINT = "\n\nA model answers more: set OPENAI_API_KEY, or KUBEGENIE_MODEL_URL for a server of your own."
LOOK = 0.5
"""Seconds between two looks at where the person stands."""


class ChatControl:
    """One pane, one conversation at a time."""

    def __init__(
        self,
        services: "Services",
        pane: "ChatPane",
        focus_of: Callable[[], Focus],
        *,
        leave: Callable[[], object] = lambda: None,
        resume: bool = False,
    ) -> None:
        """A control for a pane that is not mounted yet.

        Args:
            services: where questions are asked and kept.
            pane: what draws.
            focus_of: what the person looks at now.
            leave: gives the keys back to where they came from.
            resume: whether to go on with the latest conversation about the cluster.
        """
        self.pane = pane
        self._services = services
        self._focus_of = focus_of
        self._leave = leave
        self._resume = resume
        self._session = services.sessions.of(focus_of().cluster)
        self._shown = -1
        self._in_mind: tuple[Focus, Focus] | None = None
        self._filling = Filling(pane, "conversation")
        pane.actions = self
        pane.reviews = ChatReviews(services, pane, self._session, self._kept)

    # Where the person stands

    @property
    def focus(self) -> Focus:
        """What a question is about: what was asked for last, until the person looks at something else."""
        seen = self._focus_of()
        if self._in_mind is not None and self._in_mind[0] == seen:
            return self._in_mind[1]
        self._in_mind = None
        return seen

    def keep_in_mind(self, focus: Focus) -> None:
        """Ask about this until the person looks at something else."""
        self._in_mind = (self._focus_of(), focus)
        self._tell()

    def _tell(self) -> None:
        if not self.pane.is_attached:
            return
        self._keep_up()
        focus = self.focus
        agent = self._services.manager.agent(focus.cluster)
        where = place_words(focus, agent.kinds.get(focus.kind) if agent else None)
        tokens = f" · {self._session.tokens:,} tokens" if self._session.tokens else ""
        cost = f" · {format_dollars(self._session.cost)}" if self._session.cost else ""
        engine = Content.styled(f"{plain(self._services.engine(focus.cluster))}{tokens}{cost}", "$muted")
        about = f"the {len(focus.marked)} marked" if focus.marked else "what you see"
        if focus.selected and not focus.marked:
            about = plain(focus.selected.name)
        self.pane.tell(Content.assemble("Genie", (f" ▸ {where}", "$muted")), engine, f"ask about {about}")

    def _keep_up(self) -> None:
        """Show what was said of this cluster elsewhere: beside its rows, or full screen."""
        if 0 <= self._shown != self._session.version and not self.pane.is_working and self.pane.is_on_screen:
            self._filling.run(self._recall)

    # What the pane asks for

    def start(self) -> None:
        """Fill the pane, and follow the person from now on."""
        self.pane.set_interval(LOOK, self._tell)
        self._tell()
        self._filling.run(self._first)

    async def filled(self) -> None:
        """Wait until what was said before is shown: a question goes on from there."""
        await self._filling.over()

    def ask(self, text: str, about: ObjectRef | None) -> AsyncIterator[ChatEvent]:
        """One turn."""
        focus = self.focus
        if about is not None:
            focus = msgspec.structs.replace(focus, selected=about, namespace=about.namespace, kind=about.kind)
        return self._ask(text, focus)

    async def _ask(self, text: str, focus: Focus) -> AsyncIterator[ChatEvent]:
        asker.set(Asker(lambda call: self.pane.ask_leave(call.tool, call.words, call.arguments)))
        try:
            async with closing(self._session.ask(text, focus)) as events:
                async for event in events:
                    if isinstance(event, PlanProposed):
                        yield await self._services.as_allowed(event)
                    else:
                        yield event
        finally:
            self._shown = self._session.version
            self._tell()
        if self._session.not_kept is not None:
            words = f"This conversation is not kept: {self._session.not_kept}"
            self.pane.app.notify(words, severity="warning", markup=False)

    def _kept(self) -> None:
        """What became of a change is in the conversation, and shown already."""
        self._shown = self._session.version

    def show(self, wanted: ShowRequested) -> None:
        """Go where the answer is seen best."""
        cluster = wanted.cluster or self.focus.cluster
        if not wanted.kind:
            self._filling.run(partial(_go_on_as, self.pane, self._services, self._session, self._focus_of(), cluster))
            return
        ref = ObjectRef(wanted.kind, wanted.name, wanted.namespace, cluster)
        message: Message = ExplorerRequested(cluster, wanted.kind, wanted.namespace, wanted.filter, wanted.name)
        if wanted.view == "logs":
            message = LogsRequested(ref, wanted.container, wanted.previous, find=_pattern(wanted.filter))
        elif wanted.view == "detail":
            message = DetailRequested(ref)
        self.pane.post_message(message)

    def leave(self) -> None:
        """Give the keys back."""
        self._leave()

    # Conversations

    def new_conversation(self) -> None:
        """Begin anew."""
        self.pane.stop()
        self._filling.run(self._begin)

    def open_conversations(self) -> None:
        """Let the person pick an earlier one."""
        self._filling.run(self._offer)

    async def _first(self) -> None:
        wanted = self._resume and not self._session.messages
        latest = await self._services.store.conversations.recent(1, self.focus.cluster) if wanted else []
        if latest and not self._session.messages:  # nothing was asked elsewhere meanwhile
            await self._reopen(latest[0])
        else:
            await self._recall()
        begin(self.pane, self._services.genie.prepare, "prepare")

    async def _begin(self) -> None:
        await self._session.begin()
        await self._recall()

    async def _recall(self) -> None:
        self._shown = self._session.version
        cluster = self.focus.cluster
        if self._session.messages:
            await self.pane.recall(leading_there(self._session.messages, cluster), cluster)
            return
        hint = "" if self._services.models.names else MODEL_HINT
        greeting = plain_lines(self._services.genie.greeting(cluster))
        await self.pane.talk.greet(Content.assemble(greeting, (hint, "$muted")), examples(self.focus))

    async def _offer(self) -> None:
        try:
            known = await _known(self._services.store.conversations, self.focus.cluster)
        except StoreError as error:
            self.pane.app.notify(str(error), severity="error", markup=False)
            return
        current = str(self._session.conversation.id) if self._session.conversation else ""
        choices = [_choice(each, time.time()) for each in known]
        picker = PickerScreen("Conversations", choices, current=current, nothing="no conversation like that")
        by_id = {str(each.id): each for each in known}
        self.pane.app.push_screen(picker, lambda picked: self._pick(by_id.get(picked or "")))

    def _pick(self, conversation: Conversation | None) -> None:
        if conversation is not None:
            self.pane.stop()
            self._filling.run(partial(self._reopen, conversation))

    async def _reopen(self, conversation: Conversation) -> None:
        if await _reopened(self.pane, self._session, conversation):
            await self._recall()


async def _reopened(pane: "ChatPane", session: "ChatSession", conversation: Conversation) -> bool:
    """Go on with a conversation, or say why that cannot be."""
    try:
        await session.reopen(conversation)
    except StoreError as error:
        pane.app.notify(str(error), severity="error", markup=False)
        return False
    return True


async def _go_on_as(pane: "ChatPane", services: "Services", session: "ChatSession", here: Focus, cluster: str) -> None:
    """Go where the person is whom a conversation was held as before; it goes on there, and no longer here."""
    talk = session.conversation
    if talk is not None and await _reopened(pane, services.sessions.of(cluster), talk):
        await session.begin()
    pane.post_message(ExplorerRequested(cluster, here.kind, here.namespace))
    pane.post_message(AskRequested("", msgspec.structs.replace(here, cluster=cluster, selected=None, marked=())))


def _pattern(text: str) -> str:
    """A query of the logs' search that finds a text to the letter; empty for none."""
    return f"/{re.escape(text).replace('/', chr(92) + '/')}/" if text else ""


def place_words(focus: Focus, kind: Kind | None) -> str:
    """Where the person stands, in short: `shop / Pods`."""
    parts = [plain(focus.namespace or focus.cluster or "no cluster"), plural_title(kind) if kind else ""]
    return " / ".join(part for part in parts if part)


def examples(focus: Focus) -> list[str]:
    """Three questions that make sense where the person stands."""
    where = f" in {focus.only_namespace}" if focus.only_namespace else ""
    kind = focus.kind.partition(".")[0] or "pods"
    asked = [f"what is wrong{where or ' here'}?", f"how many {kind} are not ready{where}?"]
    if focus.selected is None:
        return [*asked, "show me the latest warnings"]
    verb = "show me the logs of" if focus.selected.kind == "pods" else "describe"
    return [*asked, f"{verb} {focus.selected.name}"]


async def _known(kept: "Conversations", cluster: str) -> list[Conversation]:
    """Earlier conversations: those about the cluster in view first, then those held there as somebody else."""
    found = {each.id: each for each in [*await kept.recent(cluster=cluster), *await kept.recent()]}
    return sorted(
        found.values(), key=lambda each: (each.cluster != cluster, own_name(each.cluster) != own_name(cluster))
    )


def _choice(conversation: Conversation, now: float) -> Choice:
    pinned = "  pinned" if conversation.pinned else ""
    facts = f"  {plain(conversation.cluster)}  {format_age(now - conversation.updated)} ago{pinned}"
    return Choice(str(conversation.id), Content.assemble(plain(conversation.title), (facts, "$muted")))

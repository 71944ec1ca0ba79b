"""The services of a chat, played: a genie that says what it was told to, over a store that is real."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.pilot import Pilot

from kubegenie_tui.domain.conversation import (
    BUILT_IN,
    Aftermath,
    ChatEvent,
    Focus,
    Message,
    PlanProposed,
    Proposal,
    Symptom,
)
from kubegenie_tui.domain.errors import KubeconfigError, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.genie.context.kept import Kept
from kubegenie_tui.genie.session import Sessions
from kubegenie_tui.llm.choosing import Models
from kubegenie_tui.screens.chat import ChatScreen
from kubegenie_tui.settings import Settings
from kubegenie_tui.store.store import Store
from kubegenie_tui.widgets.chat_pane import ChatPane
from tests.ui.played_cluster import PlayedCluster
from tests.ui.stage import Stage

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

FOCUS = Focus("prod-eu", "shop", "pods", ObjectRef("pods", "checkout-58d1b-q7wzn", "shop", "prod-eu"))
Script = Sequence[ChatEvent | Exception | asyncio.Event]


async def _played(script: Sequence[Any]) -> AsyncIterator[Any]:
    """The parts of a script: one that fails is raised, an event is waited for."""
    for part in script:
        if isinstance(part, Exception):
            raise part
        if isinstance(part, asyncio.Event):
            await part.wait()
        else:
            yield part


class PlayedGenie:
    """Plays a script a question, the last one again and again; an event in a script is waited for."""

    def __init__(self) -> None:
        self.scripts: list[Script] = [()]
        self.asked: list[tuple[str, Focus, Sequence[Message]]] = []
        self.closed = 0
        self.ended = asyncio.Event()
        """Set when an answer was closed."""
        self.made_anew: list[Proposal] = []
        self.looks: Sequence[Aftermath | Exception | asyncio.Event] = ()
        self.looked_after_for: list[tuple[Plan, Symptom | None, Sequence[Symptom]]] = []
        self.looks_closed = 0

    async def prepare(self) -> None:
        """There is nothing to learn of a script."""

    async def ask(
        self, text: str, focus: Focus, history: Sequence[Message], *, kept: Kept | None = None
    ) -> AsyncIterator[ChatEvent]:
        self.asked.append((text, focus, history))
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        try:
            async for part in _played(script):
                yield part
        finally:
            self.closed += 1
            self.ended.set()

    def greeting(self, cluster: str = "") -> str:
        return "Ask about what you see."

    async def proposed_anew(self, kept: Proposal) -> PlanProposed:
        self.made_anew.append(kept)
        if kept.title.startswith("Lost"):
            raise UsageError(kept.title, "the object is gone")
        return PlanProposed(Plan(kept.title, kept.cluster, ()))

    async def looked_after(
        self, plan: Plan, answers: Symptom | None = None, known: Sequence[Symptom] = ()
    ) -> AsyncIterator[Aftermath]:
        self.looked_after_for.append((plan, answers, known))
        try:
            async for part in _played(self.looks):
                yield part
        finally:
            self.looks_closed += 1

    def keepable(self, plan: Plan) -> bool:
        return bool(plan.steps)

    def heard(self, text: str) -> None:
        """Nothing is to be kept secret."""

    def masked(self, text: str) -> str:
        return text

    async def masked_long(self, text: str) -> str:
        return text


@dataclass
class PlayedManager:
    """One cluster, or none."""

    cluster: PlayedCluster = field(default_factory=PlayedCluster)
    paths: tuple[Path, ...] = ()
    errors: tuple[KubeconfigError, ...] = ()

    @property
    def statuses(self) -> tuple[object, ...]:
        return (self.cluster.status,)

    def agent(self, name: str) -> PlayedCluster | None:
        return self.cluster if name == self.cluster.name else None

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


class PlayedWorks:
    """What was begun with the wizard."""

    def __init__(self) -> None:
        self.begun: list[object] = []

    async def all(self) -> list[object]:
        return self.begun


@dataclass
class PlayedServices:
    """As much of Services as the chat uses."""

    store: Store
    genie: PlayedGenie = field(default_factory=PlayedGenie)
    manager: PlayedManager = field(default_factory=PlayedManager)
    settings: Settings = field(default_factory=Settings)
    works: PlayedWorks = field(default_factory=PlayedWorks)
    forwarding = 0

    @cached_property
    def models(self) -> Models:
        return Models(self.settings.model, self.settings.models, self.store.facts)

    def engine(self, cluster: str = "") -> str:
        return BUILT_IN

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.genie, self.store.conversations)

    async def as_allowed(self, proposed: PlanProposed) -> PlanProposed:
        return proposed

    def as_services(self) -> "Services":
        return cast("Services", self)


class Chat:
    """The chat full screen, its pilot and what is played to it."""

    def __init__(self, app: Stage, pilot: Pilot[None], services: PlayedServices) -> None:
        self.app = app
        self.pilot = pilot
        self.genie = services.genie
        self.store = services.store
        self.sessions = services.sessions

    @property
    def pane(self) -> ChatPane:
        return self.app.screen.query_one(ChatPane)

    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    async def type(self, text: str) -> None:
        self.pane.input.insert(text)
        await self.pilot.pause()

    async def ask(self, text: str) -> None:
        await self.type(text)
        await self.pilot.press("enter")


@asynccontextmanager
async def chat_on_stage(
    directory: Path, *scripts: Script, size: tuple[int, int] = (100, 40), focus: Focus = FOCUS, theme: str = "dark"
) -> AsyncIterator[Chat]:
    """The chat screen, its conversations kept in this directory."""
    store = await Store.open(directory / "kubegenie.db")
    services = PlayedServices(store)
    services.genie.scripts = list(scripts) or [()]
    app = Stage(screen=ChatScreen(services.as_services(), focus), theme=theme)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield Chat(app, pilot, services)
            app.exit()
    finally:
        await store.close()

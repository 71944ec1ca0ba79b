"""The way a person goes: a key or a word, what is asked, the plan, a yes, and the way back."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from kubernetes import client

from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.plan_dialog import Phase
from tests.control_plane import ControlPlane
from tests.ui.on_demo import OnDemo, app_on

PATIENCE = 60.0
ENDS = ("Done in ", "Stopped ", "It failed", "Nothing was done")
"""How a plan says that it is over."""
REVISION = "deployment.kubernetes.io/revision"


class Shown:
    """Operations by their ids: what was done, what was taken back, and what the app says cannot be."""

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.undone: set[str] = set()
        self.final: set[str] = set()


class Person(OnDemo):
    """Somebody at the keyboard."""

    shown = Shown()
    """By whoever sits there; a test that is marked with `operations` begins with none."""

    @property
    def plan(self) -> PlanScreen:
        """The plan in view."""
        assert isinstance(self.app.screen, PlanScreen), self.text()
        return self.app.screen

    async def stand_on(self, name: str) -> None:
        """Put the cursor on a row once it is there."""
        await self.until(lambda: isinstance(self.app.screen, ExplorerScreen) and name in self.names)
        self.table.select(self.explorer.pane.namespace, name)
        await self.pilot.pause()

    async def act(self, line: str) -> None:
        """Type a command, or press a key and fill in what is asked.

        `:scale 3` is typed; `s *3 enter` are keys with a text for a form among them, `.requests` is chosen from the
        menu, `form` waits for one to open.
        """
        if line.startswith(":"):
            await self.command(line[1:])
            return
        for word in line.split(" "):
            if word.startswith((".", "*")):
                await self._say(word)
            elif word == "form":
                await self._form()
            else:
                await self.pilot.press(word)
            await self.pilot.pause()

    async def _say(self, word: str) -> None:
        if word.startswith("."):
            await self.pilot.press("full_stop")
            await self.until_shown("What to do with")
        else:
            await self._form()
        await self.pilot.press(*self.typed(word[1:]))
        if word.startswith("."):
            await self.pilot.press("enter")

    async def _form(self) -> None:
        await self.until(lambda: isinstance(self.app.screen, FormScreen) and self.app.screen.focused)
        await self.pilot.pause()

    async def decided(self) -> PlanScreen:
        """The plan that is asked for, once it was looked at and painted."""
        await self.until(
            lambda: (
                isinstance(self.app.screen, PlanScreen)
                and (self.app.screen.heeds_yes or self.app.screen.phase is Phase.REFUSED)
            )
        )
        return self.plan

    async def editor(self) -> EditorScreen:
        """The editor that is asked for."""
        await self.until(lambda: isinstance(self.app.screen, EditorScreen))
        assert isinstance(self.app.screen, EditorScreen)
        return self.app.screen

    async def write(self, line: str, change: Callable[[str], str]) -> None:
        """Type a command that opens the editor, change the text in it, and ask what that would do."""
        await self.command(line)
        area = (await self.editor()).area
        area.load_text(change(area.text))
        await self.pilot.press("ctrl+s")

    async def is_refused(self, why: str) -> None:
        """The plan that is asked for cannot be approved, for this reason; leave it, and an editor below it."""
        screen = await self.decided()
        assert screen.phase is Phase.REFUSED, self.text()
        assert why in self.text(), self.text()
        assert "y  Apply" not in self.text()
        await self.pilot.press("y")
        await self.drop()

    async def drop(self) -> None:
        """Leave a plan that is not carried out, and the edit that it is of."""
        plan = self.plan
        await self.pilot.press("escape")
        await self.until(lambda: self.app.screen is not plan)
        await self.pilot.pause()
        while isinstance(self.app.screen, EditorScreen):
            await self.pilot.press("escape")
            await self.pilot.pause()

    async def is_overtaken(self, word: str = "") -> None:
        """A yes comes too late: somebody else was quicker, nothing is done, and what is so now is shown."""
        await self.pilot.press(*self.typed(word or "y"), *(["enter"] if word else []))
        await self.until_shown("Nothing was done")

    async def approve(self, tier: str, word: str = "") -> None:
        """Say yes as the tier wants it, and wait for the end."""
        screen = await self.decided()
        assert tier in self.text(), self.text()
        await self.pilot.press(*self.typed(word or "y"), *(["enter"] if word else []))
        await self.until(lambda: screen.phase is not Phase.CARRYING and any(word in self.text() for word in ENDS))
        assert "Done in " in self.text(), self.text()
        if (operation := screen.plan.operation) and screen.preview:
            self.shown.done.add(operation)
            if not screen.preview.undo:
                self.shown.final.add(operation)

    async def take_back(self, word: str = "") -> None:
        """Undo the plan that is over."""
        done = self.plan
        await self.until_shown("u  Undo")
        await self.pilot.press("u")
        await self.until(lambda: isinstance(self.app.screen, PlanScreen) and self.app.screen is not done)
        await self.until_shown("asked by undo")
        await self.approve("W", word)
        self.shown.undone.add(done.plan.operation)

    def typed(self, text: str) -> list[str]:
        """The keys of a text."""
        return [_KEYS.get(letter, letter) for letter in text]

    async def leave(self) -> None:
        """Go back to the rows."""
        await self.pilot.press("escape")
        await self.until(lambda: isinstance(self.app.screen, ExplorerScreen))


_KEYS = {
    " ": "space",
    "-": "minus",
    "/": "slash",
    "=": "equals_sign",
    ".": "full_stop",
    ",": "comma",
    ":": "colon",
}


@asynccontextmanager
async def at_the_keyboard(
    plane: ControlPlane, namespace: str, command: str, user: str = "", **options: Any
) -> AsyncIterator[Person]:
    """The app at a kind of the namespace."""
    context = f"{plane.name}-{user}" if user else plane.name
    where = {"context": context, "namespace": namespace, "command": command, **options}
    async with app_on(plane.kubeconfig, **where) as (app, pilot):
        yield Person(app, pilot, None)


async def until(true: Callable[[], object]) -> Any:
    """What the official client says, once it is true."""
    deadline = time.monotonic() + PATIENCE
    while not (found := await asyncio.to_thread(true)):
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.1)
    return found


def seen(official: client.ApiClient, found: Any) -> Any:
    """As much of an object as a person has a say in."""
    plain = official.sanitize_for_serialization(found)
    metadata = plain["metadata"]
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != REVISION}
    return {
        "labels": metadata.get("labels") or {},
        "annotations": annotations,
        "spec": plain.get("spec") or plain.get("data"),
    }

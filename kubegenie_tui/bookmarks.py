"""Places that a person wants to find again, each with its cluster: kept by name, and gone to from anywhere."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from textual.content import Content

from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.tabs import Shown
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.halved import Halved
from kubegenie_tui.screens.messages import ExplorerRequested, FleetRequested
from kubegenie_tui.screens.picker import Choice, Named, PickerScreen, named_choices
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from kubegenie_tui.places import Places

KEEP = "+"
"""The choice that keeps the place in view; no bookmark is named so."""


class BookmarkControl:
    """Acts on `:bookmark` and its key."""

    def __init__(self, app: "Places") -> None:
        self._app = app
        self._kept = app.services.store.bookmarks

    def run(self, line: str) -> None:
        """Do what follows `:bookmark`: save, remove, the name of one, or nothing to choose."""
        begin(self._app, partial(self._told, line), "bookmarks", exclusive=True)

    async def _told(self, line: str) -> None:
        try:
            await self._kept.load()
            await self._run(line)
        except KubeGenieError as error:
            self._app.notify(str(error), severity="warning", markup=False)

    async def _run(self, line: str) -> None:
        verb, _, name = line.partition(" ")
        match verb:
            case "save":
                await self._save(name.strip())
            case "remove":
                if wanted := name.strip() or await self._picked("Forget a bookmark", []):
                    await self._remove(wanted)
            case _:
                if wanted := line.strip() or await self._picked("Bookmarks", self._keep_choices()):
                    await (self._save("") if wanted == KEEP else self._go(wanted))

    async def _picked(self, title: str, first: list[Choice]) -> str | None:
        choices = named_choices([_named(name, self._read(name)) for name in self._kept.names])
        picker = PickerScreen(title, [*first, *choices], nothing="none yet")
        return await self._app.push_screen_wait(picker)

    def _keep_choices(self) -> list[Choice]:
        here = self._here()
        return [Choice(KEEP, Content.assemble(("+ keep ", "$accent"), _name_of(here)))] if here else []

    def _here(self) -> Shown | None:
        place = self._app.place
        return place.shown() if isinstance(place, Halved) else None

    def _read(self, name: str) -> Shown | None:
        try:
            return msgspec.json.decode(self._kept.get(name) or "", type=Shown)
        except msgspec.MsgspecError:
            return None

    async def _save(self, name: str) -> None:
        here = self._here()
        if here is None:
            raise UsageError("There is no place to keep here", next_step="open a cluster first")
        name = name or _name_of(here)
        kept = msgspec.structs.replace(here, history="")
        await self._kept.set(name.removeprefix(KEEP).strip(), msgspec.json.encode(kept).decode())
        self._app.notify(f"Kept as {name}. B leads there", markup=False)

    async def _remove(self, name: str) -> None:
        if not await self._kept.remove(name):
            raise self._unknown(name)
        self._app.notify(f"Forgot the bookmark {name}", markup=False)

    def _unknown(self, name: str) -> UsageError:
        names = ", ".join(self._kept.names)
        return UsageError(f'There is no bookmark "{name}"', next_step=f"there are {names}" if names else "none is kept")

    async def _go(self, name: str) -> None:
        if name not in self._kept.names:
            raise self._unknown(name)
        kept = self._read(name)
        shown = kept.among([status.name for status in self._app.services.manager.statuses]) if kept else None
        if shown is None:
            raise UsageError(f"{name} leads nowhere any more", next_step=f"`:bookmark remove {name}` forgets it")
        place = shown.place
        if shown.fleet:
            await self._app.open_fleet(FleetRequested(shown.clusters, place.kind, place.namespace, place.filter))
        else:
            await self._app.open_explorer(ExplorerRequested(shown.clusters[0], place=place))


def _name_of(shown: Shown) -> str:
    """`prod-eu pods shop /checkout web-1`: what can be told of it on one line."""
    place = shown.place
    words = (shown.title, f"/{place.filter}" if place.filter else "", place.selected)
    return plain(" ".join(filter(None, words)))


def _named(name: str, shown: Shown | None) -> Named:
    told = _name_of(shown) if shown else "kept by another version"
    return Named(name, plain(name), "" if told == name else told)

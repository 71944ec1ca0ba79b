"""What `:note` does: pin a note to the cluster, with the fault it is about; list the notes; remove one."""

import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.domain.conversation import Symptom
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.incident import IncidentNote, note_about, symptom_meant
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.messages import ViewRequested
from kubegenie_tui.screens.said import SaidScreen
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.services import Services


class NoteControl:
    """Acts on `:note ...` in the cluster in view."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._services = services
        self._notes = services.store.notes

    def run(self, wanted: ViewRequested, in_view: Symptom | None) -> None:
        """Do what was typed; `in_view` is the finding under the cursor."""
        begin(self._app, partial(self._told, wanted, in_view), "notes", exclusive=True)

    async def _told(self, wanted: ViewRequested, in_view: Symptom | None) -> None:
        try:
            await self._do(wanted, in_view)
        except KubeGenieError as error:
            self._app.notify(str(error), severity="warning", markup=False)

    async def _do(self, wanted: ViewRequested, in_view: Symptom | None) -> None:
        if not wanted.cluster:
            raise UsageError("No cluster is chosen", next_step="put the cursor on one, or open one")
        word, _, number = wanted.argument.partition(" ")
        if not wanted.argument:
            await self._list(wanted.cluster)
        elif wanted.argument == "remove":
            raise UsageError("It needs the number of a note", next_step="`:note` lists them")
        elif word == "remove" and number.strip().isdecimal():
            await self._remove(int(number), wanted.cluster)
        else:
            await self._add(wanted, in_view)

    async def _add(self, wanted: ViewRequested, in_view: Symptom | None) -> None:
        known = self._services.sessions.of(wanted.cluster).symptoms_in(wanted.cluster)
        meant = in_view or symptom_meant(known, wanted.ref)
        rule, ref = (meant.rule, meant.root) if meant is not None else ("", wanted.ref)
        text = self._services.genie.masked(wanted.argument)
        note = await self._notes.add(note_about(wanted.cluster, text, time.time(), rule, ref))
        again = "; told when it is there again" if note.about else ""
        self._app.notify(f"Noted about {plain(note.about) or f'cluster {wanted.cluster}'}{again}", markup=False)

    async def _remove(self, number: int, cluster: str) -> None:
        if not await self._notes.delete(number, cluster):
            raise UsageError(f"There is no note {number} on {cluster}", next_step="`:note` lists them")
        self._app.notify(f"Removed note {number}", markup=False)

    async def _list(self, cluster: str) -> None:
        found = await self._notes.of(cluster)
        if not found:
            raise UsageError(f"There is no note on {cluster}", next_step="`:note` and a text pins one")
        lines = [line for note in found for line in _lines(note)]
        await self._app.push_screen(SaidScreen(f"Notes on {cluster}; :note remove NUMBER", lines))


def _lines(note: IncidentNote) -> list[str]:
    day = datetime.fromtimestamp(note.at, UTC)
    return [f"{note.id}  {day:%Y-%m-%d}  {plain(note.about) or 'the cluster'}", f"   {plain(note.text)}", ""]

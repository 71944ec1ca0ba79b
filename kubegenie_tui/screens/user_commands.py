"""Runs the commands of the person's own on the row under the cursor."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from kubegenie_tui.domain.acting import acting_as
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.table_layout import format_cell
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.user_command import UserCommand, values_of, variables
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from kubegenie_tui.domain.row import Row
    from kubegenie_tui.screens.row_keys import RowKeys
    from kubegenie_tui.services import Services

LONGEST = 200
"""Characters of an output that are told."""


class UserCommands:
    """What the settings file has under `[commands.NAME]`, for one screen."""

    def __init__(self, screen: "RowKeys", services: "Services") -> None:
        self._screen = screen
        self._services = services
        self._commands = services.settings.commands
        for name, command in self._commands.items():
            if command.key:
                what = command.description or name
                screen._bindings.bind(command.key, f"run_command({name!r})", what, show=False)

    def words(self) -> dict[str, str]:
        """The commands by name, each with what it does; with nothing when it does not fit what is shown."""
        kind = self._screen.kind
        return {
            name: (command.description or name) if kind and command.fits(kind) else ""
            for name, command in self._commands.items()
        }

    def keys(self) -> dict[str, str]:
        """Their keys by name."""
        return {name: command.key for name, command in self._commands.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._commands

    def run(self, name: str) -> None:
        """Run one, after asking when it wants that.

        Raises:
            UsageError: it does not fit the row, or may not run here.
        """
        command, row, kind = self._commands[name], self._screen.table.current, self._screen.kind
        if row is None or kind is None or not command.fits(kind):
            raise UsageError(f"{name} is for {', '.join(command.scopes) or 'a row'}", next_step="put the cursor on one")
        cluster = self._screen.focus_now().cluster
        status = next((known for known in self._services.manager.statuses if known.name == cluster), None)
        if status is not None and status.read_only and not command.read_only:
            step = f"if it changes nothing, say read_only = true in [commands.{name}]"
            raise UsageError(f"{cluster} is read-only here, and {name} may change it", next_step=step)
        if acting := acting_as(cluster):
            why = f"a program of your own would not act as {acting.user}"
            raise UsageError(f"{name} does not run here", why, "`:as` makes you yourself again")
        values = values_of(row, kind, self._cells(row), self._around(cluster))
        words = command.words(values)
        if command.confirm:
            self._ask(name, words, lambda: self._start(name, command, words, values))
        else:
            self._start(name, command, words, values)

    def _cells(self, row: "Row") -> dict[str, str]:
        columns = self._screen.table.view.titled_columns()
        return {column.title: format_cell(column, read(row), 0.0) for column, read in columns if column.title != "AGE"}

    def _around(self, cluster: str) -> dict[str, str]:
        agent = self._services.manager.agent(cluster)
        context = agent.context if agent else None
        return {
            "CONTEXT": context.name if context else cluster,
            "CLUSTER": context.cluster_name if context else "",
            "USER": context.user_name if context else "",
            "KUBECONFIG": os.pathsep.join(map(str, self._services.manager.paths)),
            "FILTER": self._screen.table.filter_text,
        }

    def _ask(self, name: str, words: Sequence[str], then: Callable[[], None]) -> None:
        line = plain(" ".join(words))
        choices = [
            Choice("no", Content("No, leave it")),
            Choice("yes", Content.assemble("Yes, run  ", (line[:LONGEST], "bold"))),
        ]
        picker = PickerScreen(f"Run {plain(name)}?", choices)
        self._screen.app.push_screen(picker, lambda picked: then() if picked == "yes" else None)

    def _start(self, name: str, command: UserCommand, words: list[str], values: Mapping[str, str]) -> None:
        in_background, in_front = partial(self._in_background, name), self._in_front
        work = partial(in_background if command.background else in_front, words, values)
        begin(self._screen, work, "user-command")

    async def _in_front(self, words: list[str], values: Mapping[str, str]) -> None:
        from kubegenie_tui.screens.outside import full_terminal

        assigned = [f"{name}={text}" for name, text in variables(values).items()]
        try:
            status = await full_terminal(self._screen.app)(["env", *assigned, *words])
        except KubeGenieError as error:
            self._screen.notify(str(error), severity="error", markup=False)
            return
        if status:
            self._screen.notify(f"{words[0]} ended with status {status}", severity="warning", markup=False)

    async def _in_background(self, name: str, words: list[str], values: Mapping[str, str]) -> None:
        environ = {**os.environ, **variables(values)}
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                env=environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            self._screen.notify(f"{name} cannot be started: {error.strerror}", severity="error", markup=False)
            return
        try:
            output, _ = await process.communicate()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        said = plain(output.decode(errors="replace").strip().partition("\n")[0])[:LONGEST]
        how = "is done" if process.returncode == 0 else f"ended with status {process.returncode}"
        severity: Literal["information", "warning"] = "information" if process.returncode == 0 else "warning"
        self._screen.notify(f"{name} {how}" + (f": {said}" if said else ""), severity=severity, markup=False)

"""Runs the commands of plugins on the chosen rows, and does what they answer: a text, a plan, somewhere to go."""

import inspect
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import Plan, Step
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.user_command import is_among
from kubegenie_tui.plugin_entries import apart, words_of
from kubegenie_tui.screens.messages import PlanRequested
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubegenie_tui.plugin import Answer, Chosen, Cluster, Command
    from kubegenie_tui.plugin_loader import Plugin
    from kubegenie_tui.screens.row_keys import RowKeys
    from kubegenie_tui.services import Services

TOAST = 200
"""Characters of a text that needs no screen of its own."""


class PluginCommands:
    """What plugins offer, for one screen. Until they are loaded there is nothing."""

    def __init__(self, screen: "RowKeys", services: "Services") -> None:
        self._screen = screen
        self._services = services

    def __contains__(self, word: str) -> bool:
        return word in self._services.plugins.commands

    def words(self) -> dict[str, str]:
        """The commands by word, each with what it does; with nothing when it does not fit what is shown."""
        kind, _ = self._screen.chosen_objects()
        commands = self._services.plugins.commands
        return {
            word: each.label if not each.kinds or (kind and is_among(kind, each.kinds)) else ""
            for word, (_, each) in commands.items()
        }

    def keys(self) -> dict[str, str]:
        """Their keys by word."""
        return {word: each.key for word, (_, each) in self._services.plugins.commands.items()}

    async def load(self) -> None:
        """Load them, unless they are; who is the first to wait tells what is wrong with them."""
        plugins = self._services.plugins
        if plugins.loaded:
            return
        await plugins.load()
        for fault in plugins.untold_faults():
            self._screen.notify(fault, severity="warning", markup=False, timeout=10)

    def run(self, word: str, words: "Sequence[str]") -> None:
        """Run one.

        Raises:
            UsageError: it does not fit what is chosen.
        """
        plugin, command = self._services.plugins.commands[word]
        kind, refs = self._screen.chosen_objects()
        if command.kinds and (kind is None or not refs or not is_among(kind, command.kinds)):
            raise UsageError(f"{word} is for {', '.join(command.kinds)}", next_step="put the cursor on one")
        from kubegenie_tui.plugin import Chosen

        focus = self._screen.focus_now()
        chosen = Chosen(tuple(refs), focus.cluster, focus.only_namespace, tuple(words), self._open)
        begin(self._screen, partial(self._run, plugin, command, chosen), "plugin")

    async def _open(self, name: str) -> "Cluster":
        from kubegenie_tui.plugin import Cluster

        return Cluster(await self._services.manager.open(name))

    async def _run(self, plugin: "Plugin", command: "Command", chosen: "Chosen") -> None:
        try:
            self._follow(plugin, command, await _answer(command, chosen))
        except Exception as error:  # anything may be wrong with a program that is not ours
            said = f"{command.word} of plugin {plugin.name} failed · {words_of(error)}"
            self._screen.notify(said, severity="error", markup=False, timeout=10)

    def _follow(self, plugin: "Plugin", command: "Command", answer: "Answer") -> None:
        from kubegenie_tui.plugin import GoTo

        match answer:
            case None | "":
                return
            case str():
                self._show(command, answer)
            case GoTo():
                self._screen.run_command(answer.line)
            case Plan():
                self._screen.post_message(PlanRequested(_its_plan(plugin, answer)))
            case _:
                raise TypeError(f"it answers {type(answer).__name__}, which is no text, Plan or GoTo")

    def _show(self, command: "Command", text: str) -> None:
        from kubegenie_tui.screens.said import SaidScreen

        lines = [plain(line) for line in text.rstrip().splitlines()]
        if len(lines) == 1 and len(lines[0]) <= TOAST:
            self._screen.notify(lines[0], markup=False)
        else:
            self._screen.app.push_screen(SaidScreen(command.label, lines))


async def _answer(command: "Command", chosen: "Chosen") -> "Answer":
    if inspect.iscoroutinefunction(command.run):
        answer: Answer = await command.run(chosen)
        return answer
    found = await apart(lambda: command.run(chosen))
    return await found if inspect.isawaitable(found) else found


def _its_plan(plugin: "Plugin", plan: "Plan") -> "Plan":
    """What a plugin wants, in its name, step by step through the gate: nothing is left out of what a person sees."""
    steps = tuple(_in(plan.cluster, step) for step in plan.steps)
    asked_by = f"plugin {plugin.name}"
    return Plan(
        plan.title, plan.cluster, steps, asked_by, plan.about, plan.disrupts, raised=plan.raised, destroys=plan.destroys
    )


def _in(cluster: str, step: "Step") -> "Step":
    return msgspec.structs.replace(step, ref=msgspec.structs.replace(step.ref, cluster=cluster))

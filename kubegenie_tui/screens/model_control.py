"""Lets a person choose who answers in the conversation about a cluster."""

import asyncio
from typing import TYPE_CHECKING

from textual.content import Content

from kubegenie_tui.domain.conversation import BUILT_IN
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.llm.standing import Standing
    from kubegenie_tui.services import Services

MOST_OFFERS = 40
"""Other models of one server that are listed."""


class ModelControl:
    """`:model`, and `:model NAME`."""

    def __init__(self, app: "App[int]", services: "Services", cluster: str) -> None:
        self._app = app
        self._services = services
        self._cluster = cluster

    def run(self, choice: str) -> None:
        """Take a model at once, or let the person pick one."""
        if choice:
            self._take(choice)
        else:
            begin(self._app, self._offer, "models", exclusive=True)

    def _take(self, choice: str | None) -> None:
        if choice is None:
            return
        try:
            self._services.models.choose(choice, self._cluster)
        except UsageError as error:
            self._app.notify(str(error), severity="warning", markup=False)
            return
        session = self._services.sessions.of(self._cluster)
        if not session.messages:
            session.version += 1  # the greeting names who answers
        self._app.notify(f"{plain(self._services.engine(self._cluster))} answers from now on", markup=False)

    async def _offer(self) -> None:
        from kubegenie_tui.llm.standing import looked_at

        models = self._services.models
        standings = await asyncio.gather(*(looked_at(name, models.backend(name)) for name in models.names))
        picker = PickerScreen("Models", _choices(standings), current=models.choice(self._cluster))
        self._app.push_screen(picker, self._take)


def _choices(standings: "list[Standing]") -> list[Choice]:
    own = [Choice(each.name, _words(each)) for each in standings]
    built_in = Content.assemble(BUILT_IN, ("  needs no model", "$muted"))
    others = [
        Choice(f"{each.name}/{offer}", Content.assemble((f"{each.name}/", "$muted"), plain(offer)))
        for each in standings
        for offer in each.offers[:MOST_OFFERS]
        if offer != each.model
    ]
    return [*own, Choice(BUILT_IN, built_in), *others]


_SEVERAL = {True: "several calls at once", False: "one call at a time", None: ""}


def _words(standing: "Standing") -> Content:
    """`big  qwen3-235b  llm.example.com · tools, streamed · 32,768 tokens`."""
    server = standing.server.partition("//")[2].partition("/")[0]
    facts = [server, standing.asked_by, f"{standing.context:,} tokens" if standing.context else ""]
    facts += [_SEVERAL[standing.parallel], "does not count tokens" if standing.counts_tokens is False else ""]
    told = (f"  {plain(' · '.join(filter(None, facts)))}", "$muted")
    problem = (f"  {plain(standing.problem)}", "$warning") if standing.problem else ""
    return Content.assemble(standing.name, f"  {plain(standing.model)}", told, problem)

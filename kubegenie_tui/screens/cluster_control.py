"""From the list of clusters to what is done with one: tested, registered, unlocked, written out, forgotten."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.content import Content

from kubegenie_tui.agents.roster import REGISTERED
from kubegenie_tui.agents.secrets import needs_passphrase
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import TextField
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.traits import traits_fields, traits_of
from kubegenie_tui.providers.endpoints import try_out
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.screens.register import RegisterScreen
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.widgets.hanging import Hanging, hanging

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App

    from kubegenie_tui.kube.context import Context
    from kubegenie_tui.kube.probe import ProbeStep
    from kubegenie_tui.services import Services

WORDS_AT = 15
"""Cells of what stands before the words of a step of a test."""


class ClusterControl:
    """Opens forms above the list; each act may raise a KubeGenieError."""

    def __init__(
        self,
        app: "App[Any]",
        services: "Services",
        report: "Callable[[Content | Hanging], None]",
        select: "Callable[[str], None]",
    ) -> None:
        """A control that does nothing yet.

        Args:
            app: where forms open.
            services: the clusters and what is kept of them.
            report: shows words below the list.
            select: puts the cursor on the cluster of that name.
        """
        self._app = app
        self._services = services
        self._report = report
        self._select = select
        self._draft: dict[str, str] = {}
        """What was typed of a cluster that is not registered yet."""

    async def act(self, what: str, name: str) -> None:
        """Do one of `ACTS`; those that are about a cluster do nothing when there is none of that name."""
        await ACTS[what](self, name)

    async def _test(self, name: str) -> None:
        """Connect step by step, and report after each."""
        agent = self._services.manager.agent(name)
        if agent is None or not await self.unlocked(name):
            return
        lines: list[Content] = []
        self._report(Content(f"Testing {plain(name)} …"))
        async for step in try_out(agent.context):
            lines.append(_line(step))
            self._report(hanging(Content("\n").join([*lines, Content("◐ …")]), WORDS_AT))
        self._report(hanging(Content("\n").join(lines), WORDS_AT))

    async def _register(self, _: str) -> None:
        """Let the person describe a cluster."""
        if given := await self._app.push_screen_wait(RegisterScreen(self._services, draft=self._draft)):
            self._select(str(given["name"]))

    async def _discover(self, _: str) -> None:
        """Let the person choose a provider, ask it for its clusters, and register those that are marked."""
        from kubegenie_tui.screens.discovering import discover

        if (registered := await discover(self._app, self._services)) is not None:
            self._report(registered.words)
            if registered.names:
                self._select(registered.names[0])

    async def _edit(self, name: str) -> None:
        """Ask what is to be said about the cluster: labels, groups, colour, what may be done to it, where to begin."""
        if (agent := self._services.manager.agent(name)) is None:
            return
        form: FormScreen = FormScreen(f"About {name}", traits_fields(agent.status.traits), submit="keep", eager=True)
        if (given := await self._app.push_screen_wait(form)) is not None:
            await self._services.manager.registrar.say(name, traits_of(given))

    async def _change(self, name: str) -> None:
        """Let the person describe anew how a cluster is reached that was registered here."""
        if name:
            registration = self._services.manager.registrar.registration(name)
            await self._app.push_screen_wait(RegisterScreen(self._services, registration))

    async def _remove(self, name: str) -> None:
        """Forget a cluster that was registered here, after a yes; a context of a kubeconfig is never touched."""
        agent = self._services.manager.agent(name)
        if agent is None or (agent.status.source == REGISTERED and not await self._may_go(name, agent.context)):
            return
        await self._services.manager.registrar.remove(name)

    async def _may_go(self, name: str, context: "Context") -> bool:
        """Whether the person wants it forgotten; what is kept of its credentials cannot be had again."""
        gone = "forget it, with the credentials that are kept of it" if context.auth.lent else "forget it"
        choices = [Choice("no", Content("No, leave it")), Choice("yes", Content(f"Yes, {gone}"))]
        return await self._app.push_screen_wait(PickerScreen(f"Forget {plain(name)}?", choices)) == "yes"

    async def unlocked(self, name: str) -> bool:
        """Whether what is kept of a cluster can be used, after the passphrase was asked for if need be."""
        agent, safe = self._services.manager.agent(name), self._services.store.safe
        if agent is None or not await needs_passphrase(safe, agent.context):
            return True
        return await open_safe(self._app, safe)

    async def _unlock(self, _: str) -> None:
        """Open the safe, and look anew at the clusters that were waiting for that."""
        if (await self._services.store.safe.state()).way is None:
            raise UsageError("There is nothing to unlock", "no credential is kept here")
        if await open_safe(self._app, self._services.store.safe):
            for status in self._services.manager.statuses:
                agent = self._services.manager.agent(status.name)
                if agent is not None and agent.context.auth.lent:
                    await agent.check()

    async def _write(self, name: str) -> None:
        """Ask where to, and write a kubeconfig that leads to the cluster."""
        from kubegenie_tui.kube.kubeconfig.writer import kubeconfig_of
        from kubegenie_tui.paths import write_new_private

        agent = self._services.manager.agent(name)
        if agent is None or not await self.unlocked(name):
            return
        field = TextField("file", "File", str(Path.home() / ".kube" / f"{name}.yaml"), "a new file, for you alone")
        intro = "The credentials will lie in it in the clear: whoever can read the file can use them."
        form = FormScreen(f"Write a kubeconfig for {name}", (field,), intro=intro, submit="write")
        if values := await self._app.push_screen_wait(form):
            file = await asyncio.to_thread(_absolute, str(values["file"]))
            await asyncio.to_thread(write_new_private, file, await kubeconfig_of(agent.context))
            self._app.notify(f"{file} leads to {name}", markup=False)


ACTS: "dict[str, Callable[[ClusterControl, str], Awaitable[None]]]" = {
    "test": ClusterControl._test,
    "register": ClusterControl._register,
    "discover": ClusterControl._discover,
    "edit": ClusterControl._edit,
    "change": ClusterControl._change,
    "remove": ClusterControl._remove,
    "unlock": ClusterControl._unlock,
    "write": ClusterControl._write,
}
"""What is done with a cluster, by the word that the keys use."""


def _absolute(path: str) -> Path:
    return Path(path).expanduser().absolute()


def _line(step: "ProbeStep") -> Content:
    glyph, ink = ("✓", "$success") if step.ok else ("✖", "$error")
    return Content.assemble((f"{glyph} {step.name}".ljust(WORDS_AT), ink), plain(step.detail))

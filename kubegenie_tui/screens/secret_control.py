"""What `:register` does: the cluster that a Secret leads to becomes one of the person's own."""

from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.agents.from_secrets import look_into, register_from
from kubegenie_tui.domain.cluster import SecretPlace
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.form import TextField
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.messages import ViewRequested
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.services import Services


class SecretControl:
    """Acts on the Secret under the cursor. What cannot be done is told in a corner."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._services = services

    def run(self, wanted: ViewRequested) -> None:
        """Register what the Secret leads to, under a name that the person gives."""
        begin(self._app, partial(self._told, wanted), "secrets", exclusive=True)

    async def _told(self, wanted: ViewRequested) -> None:
        try:
            await self._register(wanted)
        except KubeGenieError as error:
            self._app.notify(str(error), severity="warning", markup=False, timeout=10)

    async def _register(self, wanted: ViewRequested) -> None:
        ref = wanted.ref
        if ref is None or ref.kind != "secrets":
            raise UsageError(
                "This leads to no cluster", next_step="put the cursor on a Secret; r in :ctx registers others"
            )
        place = SecretPlace(wanted.cluster, ref.namespace, ref.name, wanted.argument)
        agent = await self._services.manager.open(wanted.cluster)
        (endpoint, _), called = await waited(self._app, f"reading {ref.words}", look_into(agent, place))
        whereto = f"The {plain(ref.words)} leads to {plain(endpoint.server)}"
        intro = f"{whereto}. Its credentials are kept sealed, and followed."
        field = TextField("name", "Name", called, "what the cluster is called here")
        given = await self._app.push_screen_wait(
            FormScreen("Register a cluster", (field,), intro=intro, submit="register")
        )
        if given is None or not await open_safe(self._app, self._services.store.safe):
            return
        name = await register_from(agent, place, self._services.manager.registrar, str(given["name"]))
        self._app.notify(f"{plain(name)} is registered: `:clusters` lists it", markup=False)

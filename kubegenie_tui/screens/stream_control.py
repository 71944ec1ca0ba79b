"""From a wish to reach into a pod to what does it: port-forwards and their list, shells, file copies."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.conversation import ObjectRef
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.form import NumberField, TextField
from kubegenie_tui.domain.forward import TARGETS, ForwardSpec
from kubegenie_tui.screens.messages import ViewRequested

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.app import App

    from kubegenie_tui.services import Services

_LAST_PORT = 65535


class StreamControl:
    """Opens forms and screens above whatever is shown. What cannot be done is told in a corner."""

    def __init__(self, app: "App[int]", services: "Services", *, demo: bool) -> None:
        self._app = app
        self._services = services
        self._demo = demo

    def show_view(self, wanted: ViewRequested) -> None:
        """Open one of STREAM_VIEWS."""
        self._app.run_worker(self._told(STREAM_VIEWS[wanted.view](self, wanted)), group="streams", exit_on_error=False)

    async def _told(self, work: "Coroutine[None, None, None]") -> None:
        try:
            await work
        except KubeGenieError as error:
            self._app.notify(str(error), severity="warning", markup=False, timeout=10)

    async def _show_forwards(self, _: ViewRequested) -> None:
        from kubegenie_tui.screens.forwards import ForwardsScreen

        await self._app.push_screen(ForwardsScreen(self._services, demo=self._demo))

    async def _forward(self, wanted: ViewRequested) -> None:
        """Ask for the ports, then forward."""
        from kubegenie_tui.screens.form import FormScreen

        ref = _target(wanted, TARGETS, "forward to")
        ports = await self._services.forwards.ports_of(ref)
        fields = (
            TextField("port", "Port", ports[0] if ports else "", hint=_declared(ports)),
            NumberField("local", "Local port", free_port(ports), least=1, most=_LAST_PORT, hint="on this computer"),
        )
        form = FormScreen(f"Forward a port to {ref}", fields, submit="forward")
        if values := await self._app.push_screen_wait(form):
            spec = ForwardSpec(ref, str(values["port"]), int(str(values["local"])))
            await self._services.forwards.start(spec)
            self._app.notify(f"{spec}. :forwards lists them", markup=False)


def _target(wanted: ViewRequested, kinds: frozenset[str], what: str) -> ObjectRef:
    ref = wanted.ref
    if ref is None:
        raise UsageError(f"There is no object to {what}", next_step="put the cursor on one")
    if ref.kind not in kinds:
        raise UsageError(f"{ref} is nothing to {what}", next_step="choose a pod, or what has pods")
    return ref


def _declared(ports: list[str]) -> str:
    if not ports:
        return "number or name; it declares none"
    return f"number or name; it declares {', '.join(ports)}"


def free_port(ports: list[str]) -> int:
    """A local port to begin with: that of the target, moved out of the system's range, and past those taken."""
    from kubegenie_tui.agents.listening import next_free

    wanted = int(ports[0]) if ports and ports[0].isdigit() else 8080
    return next_free((wanted if wanted >= 1024 else wanted + 8000) - 1)


STREAM_VIEWS: "dict[str, Callable[[StreamControl, ViewRequested], Coroutine[None, None, None]]]" = {
    "forward": StreamControl._forward,
    "forwards": StreamControl._show_forwards,
    "pf": StreamControl._show_forwards,
}
"""By the word of their command."""

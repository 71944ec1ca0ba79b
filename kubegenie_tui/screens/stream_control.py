"""From a wish to reach into a pod to what does it: port-forwards and their list, shells, file copies."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from kubegenie_tui.domain.copy_words import CopyWords, read_copy_words
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, NumberField, TextField
from kubegenie_tui.domain.forward import TARGETS, ForwardSpec, ForwardState
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.messages import ViewRequested
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.key_names import keys_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Coroutine

    from textual.app import App

    from kubegenie_tui.agents.forward import Forward
    from kubegenie_tui.agents.permissions import Verdict
    from kubegenie_tui.agents.pod_access import PodAccess, Session
    from kubegenie_tui.changes.audit import Audit
    from kubegenie_tui.services import Services

PODS = frozenset({"pods"})
FROM_POD, INTO_POD = "from the pod", "into the pod"
_LAST_PORT = 65535


class StreamControl:
    """Opens forms and screens above whatever is shown. What cannot be done is told in a corner."""

    def __init__(self, app: "App[int]", services: "Services", *, demo: bool) -> None:
        self._app = app
        self._services = services
        self._demo = demo

    def show_view(self, wanted: ViewRequested) -> None:
        """Open one of STREAM_VIEWS."""
        begin(self._app, partial(self._told, wanted), "streams")

    async def _told(self, wanted: ViewRequested) -> None:
        try:
            await STREAM_VIEWS[wanted.view](self, wanted)
        except KubeGenieError as error:
            self._app.notify(str(error), severity="warning", markup=False, timeout=10)

    async def _show_forwards(self, _: ViewRequested) -> None:
        from kubegenie_tui.screens.forwards import ForwardsScreen

        await self._app.push_screen(ForwardsScreen(self._services, demo=self._demo))

    async def _forward(self, wanted: ViewRequested) -> None:
        """Ask for the ports, then forward."""
        from kubegenie_tui.screens.form import FormScreen

        ref = _target(wanted, TARGETS, "forward to")
        await self._require_forwarding(ref)
        what = f"looking for the ports of {ref.words}"
        ports = await waited(self._app, what, self._services.forwards.ports_of(ref))
        elsewhere = [each.spec.local for each in self._services.forwards.statuses if each.spec.target != ref]
        fields = (
            TextField("port", "Port", ports[0] if ports else "", hint=_declared(ports)),
            NumberField(
                "local", "Local port", free_port(ports, elsewhere), least=1, most=_LAST_PORT, hint="on this computer"
            ),
        )
        form = FormScreen(f"Forward a port to {ref.words}", fields, submit="forward")
        if values := await self._app.push_screen_wait(form):
            spec = ForwardSpec(ref, str(values["port"]), int(str(values["local"])))
            forward = await self._services.forwards.start(spec)
            self._app.notify(f"{spec}. :forwards lists them", markup=False)
            await self._tell_failure(forward)

    async def _require_forwarding(self, ref: ObjectRef) -> None:
        """Refuse before anything is asked, when the server has told that it would; for a moment it is waited for.

        Raises:
            Forbidden: neither of the rights is there that servers want, older ones `get`, newer ones `create`.
        """
        from kubegenie_tui.screens.operation_control import told_in_time

        agent = await self._services.manager.open(ref.cluster)
        pods = agent.kinds.resolve("pods")

        def known() -> "list[Verdict]":
            verdicts = [agent.allowed(verb, pods, ref.namespace, "portforward") for verb in ("create", "get")]
            return [verdict for verdict in verdicts if verdict is not None]

        await told_in_time(agent, lambda: len(known()) == 2)
        verdicts = known()
        if len(verdicts) == 2 and not any(allowed for allowed, _ in verdicts):
            what, next_step = f"Not allowed to forward a port to {ref.words}", "ask who administers the cluster"
            raise Forbidden(what, verdicts[0][1], next_step, verb="create", resource="pods/portforward")

    async def _tell_failure(self, forward: "Forward") -> None:
        """Say it where the person is, when a forward does not come about."""
        news = asyncio.Event()
        stop = self._services.forwards.subscribe(news.set)
        try:
            while forward.status.state is ForwardState.CONNECTING and forward.status.error is None:
                await news.wait()
                news.clear()
        finally:
            stop()
        if forward.status.error is not None:
            raise forward.status.error

    async def _shell(self, wanted: ViewRequested) -> None:
        """A shell in a container of the pod."""
        pod, access = _target(wanted, PODS, "open a shell in"), await self._access(wanted)
        if container := await self._container(pod, wanted.argument):
            await self._open_terminal(f"shell {_words(pod, container)}", lambda: access.shell(pod, container))

    async def _attach(self, wanted: ViewRequested) -> None:
        """The program that a container runs, as it was told to be attached to."""
        pod, access = _target(wanted, PODS, "attach to"), await self._access(wanted)
        if container := await self._container(pod, wanted.argument):
            found = await self._read(pod)
            spec = next(each for each in _containers(found) if each.get("name") == container)
            stdin, tty = bool(spec.get("stdin")), bool(spec.get("tty"))
            await self._open_terminal(
                f"attached to {_words(pod, container)}",
                lambda: access.attach(pod, container, stdin=stdin, terminal=tty),
                raw=tty,
            )
            await (await self._services.changes()).gate.clean_up(pod)

    async def _copy(self, wanted: ViewRequested) -> None:
        """Ask what to copy where, then show how far it is."""
        from kubegenie_tui.agents.archive import Transfer
        from kubegenie_tui.agents.copying import Copier, in_words
        from kubegenie_tui.screens.copying import CopyScreen
        from kubegenie_tui.screens.form import FormScreen

        words = read_copy_words(wanted.argument)
        pod, access = _target(wanted, PODS, "copy files of"), await self._access(wanted)
        container = await self._container(pod, words.container)
        if not container:
            return
        values = await self._app.push_screen_wait(
            FormScreen(f"Copy files of {_words(pod, container)}", _copy_fields(words), submit="copy")
        )
        if values is None:
            return
        copier, transfer = Copier(access, pod, container), Transfer()
        local, remote = _here(str(values["local"])), str(values["remote"])
        fetches = values["way"] == FROM_POD
        copy = copier.fetch(remote, local, transfer) if fetches else copier.send(local, remote, transfer)
        title = f"Copying {remote if fetches else local.name} {values['way']}"
        if place := await self._app.push_screen_wait(CopyScreen(title, copy, transfer)):
            self._app.notify(f"Copied to {place}: {in_words(transfer)}", markup=False)

    async def _access(self, wanted: ViewRequested) -> "PodAccess":
        from kubegenie_tui.agents.pod_access import PodAccess

        async def audit() -> "Audit":
            return (await self._services.changes()).audit

        return PodAccess(await self._services.manager.open(wanted.cluster), audit)

    async def _read(self, pod: ObjectRef) -> Manifest:
        agent = await self._services.manager.open(pod.cluster)
        reading = agent.get(agent.kinds.resolve("pods"), pod.name, pod.namespace)
        return await waited(self._app, f"reading {pod.words}", reading)

    async def _container(self, pod: ObjectRef, named: str) -> str | None:
        """The container that is meant: the one named, the only one that runs, or the one that is picked."""
        from kubegenie_tui.screens.picker import Choice, PickerScreen

        found = await self._read(pod)
        if named:
            names = [text_at(each, "name") for each in _containers(found)]
            if named not in names:
                raise UsageError(f"{pod.words} has no container {named}", f"it has {', '.join(names)}")
            return named
        states = mappings_at(found, "status.containerStatuses") + mappings_at(
            found, "status.ephemeralContainerStatuses"
        )
        states += mappings_at(found, "status.initContainerStatuses")
        running = [text_at(each, "name") for each in states if mapping_at(each, "state").get("running") is not None]
        if not running:
            raise UsageError(f"No container of {pod.words} runs", text_at(found, "status.phase"), "its events tell why")
        if len(running) == 1:
            return running[0]
        return await self._app.push_screen_wait(
            PickerScreen("Container", [Choice(name, Content(name)) for name in running])
        )

    async def _open_terminal(self, title: str, begin: "Callable[[], Awaitable[Session]]", *, raw: bool = True) -> None:
        settings = self._services.settings
        if settings.ui.shell == "suspend":
            from kubegenie_tui.screens.full_terminal import run_full_screen

            await run_full_screen(self._app, begin, leave=keys_now(self._app.screen, "leave-shell"))
            return
        from kubegenie_tui.screens.shell import ShellScreen

        screen = ShellScreen(title, begin, keymap=settings.keys, raw=raw, demo=self._demo)
        await self._app.push_screen(screen)
        await screen.left.wait()


def _copy_fields(words: CopyWords) -> Sequence[Field]:
    way, local = INTO_POD if words.into_pod else FROM_POD, words.local or str(Path.cwd())
    return (
        ChoiceField("way", "Copy", (FROM_POD, INTO_POD), way),
        TextField("remote", "In the pod", words.remote, "path of a file or a directory, such as /var/log/app.log"),
        TextField("local", "Here", local, "a directory to copy into, or a name for the copy"),
    )


def _here(text: str) -> Path:
    return Path(text).expanduser()


def _words(pod: ObjectRef, container: str) -> str:
    return f"{pod.namespace}/{pod.name} {container}"


def _containers(pod: Manifest) -> list[Manifest]:
    return [
        each
        for part in ("containers", "initContainers", "ephemeralContainers")
        for each in mappings_at(pod, f"spec.{part}")
    ]


def _target(wanted: ViewRequested, kinds: frozenset[str], what: str) -> ObjectRef:
    ref = wanted.ref
    if ref is None:
        raise UsageError(f"There is no object to {what}", next_step="put the cursor on one")
    if ref.kind not in kinds:
        raise UsageError(f"{ref.words} is nothing to {what}", next_step="choose a pod, or what has pods")
    return ref


def _declared(ports: list[str]) -> str:
    if not ports:
        return "number or name; it declares none"
    return f"number or name; it declares {', '.join(ports)}"


def free_port(ports: list[str], elsewhere: "Container[int]" = ()) -> int:
    """A local port to begin with: that of the target, moved out of the system's range, and past those taken.

    Args:
        ports: what the target declares.
        elsewhere: ports of forwards to other targets, also of those that do not run.
    """
    from kubegenie_tui.agents.listening import next_free

    wanted = int(ports[0]) if ports and ports[0].isdigit() else 8080
    found = next_free((wanted if wanted >= 1024 else wanted + 8000) - 1)
    while found in elsewhere:
        found = next_free(found)
    return found


STREAM_VIEWS: "dict[str, Callable[[StreamControl, ViewRequested], Coroutine[None, None, None]]]" = {
    "forward": StreamControl._forward,
    "forwards": StreamControl._show_forwards,
    "pf": StreamControl._show_forwards,
    "shell": StreamControl._shell,
    "attach": StreamControl._attach,
    "cp": StreamControl._copy,
}
"""By the word of their command."""

"""The first minute of a person with no cluster yet: the ways on, one key each."""

import asyncio
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.kube.kubeconfig.loader import load_one
from kubegenie_tui.screens.messages import ClustersRequested, DemoRequested, ViewRequested
from kubegenie_tui.widgets.hanging import Hanging, hanging
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.key_names import key_now
from kubegenie_tui.widgets.line_input import LineInput
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.screens.cluster_control import ClusterControl
    from kubegenie_tui.services import Services

CHOICES = {
    "try-demo": ("Try the demo", "three simulated clusters on this machine, with faults to find"),
    "point-to-kubeconfig": ("Point to a kubeconfig", "its clusters are added here; the file itself stays as it is"),
    "register-first": ("Register a cluster", "by its address and credentials, also behind a jump host or proxy"),
    "discover-first": ("Discover clusters", "those of a cloud account that you are logged in to: EKS, GKE, AKS"),
    "create-first": ("Create a cluster", "on EKS, GKE or AKS, step by step; what it costs is shown before"),
    "show-ways": ("Commands of other programs", "what writes a kubeconfig, for each way to run Kubernetes"),
}
"""Title and note by the name of the key."""
WORKS = {"show-works": ("What is being made", "clusters that were begun from here, and how far each is")}
WAYS = (
    ("A small cluster on this machine", "kind create cluster", "or: minikube start, k3d cluster create"),
    ("Amazon EKS", "aws eks update-kubeconfig --name NAME", "needs the AWS command line, logged in"),
    ("Google GKE", "gcloud container clusters get-credentials NAME", "needs gke-gcloud-auth-plugin"),
    ("Azure AKS", "az aks get-credentials -n NAME -g GROUP", "with kubelogin for Entra ID"),
    ("A server of your own (kubeadm)", "scp SERVER:/etc/kubernetes/admin.conf ~/.kube/config", ""),
    ("A server of your own (k3s)", "scp SERVER:/etc/rancher/k3s/k3s.yaml ~/.kube/config", "put its address in"),
)
"""Title, command, note."""


class WelcomeScreen(Screen[None]):
    """Waits for a cluster: one that is written into a kubeconfig meanwhile is found by itself."""

    AUTO_FOCUS = "#welcome"
    CSS_PATH = "welcome.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("welcome")

    def __init__(self, services: "Services") -> None:
        super().__init__()
        self._services = services
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """What is missing, and the ways on."""
        yield StatusHeader()
        with VerticalScroll(id="welcome"):
            yield Static(_missing(self._services.manager), id="missing", markup=False)
            yield Static(self._choices(CHOICES), id="choices", markup=False)
            yield LineInput(placeholder="path of a kubeconfig, such as ~/Downloads/cluster.yaml", compact=True)
            yield Static(id="answer", markup=False)
            yield Static(_ways(), id="ways", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Go on as soon as there is a cluster."""
        self._unsubscribe = self._services.manager.subscribe(self._go_on)

    def on_unmount(self) -> None:
        """Wait no longer."""
        self._unsubscribe()

    def on_screen_resume(self) -> None:
        """What was opened from here may have brought a cluster, or begun one."""
        self._go_on()
        self._tell_choices()

    @cached_property
    def _control(self) -> "ClusterControl":
        from kubegenie_tui.screens.cluster_control import ClusterControl

        return ClusterControl(self.app, self._services, self._answer, lambda _: None)

    def _go_on(self) -> None:
        if self._services.manager.statuses and self.app.screen is self:
            self._unsubscribe()
            self.post_message(ClustersRequested())

    @work(group="choices", exclusive=True)
    async def _tell_choices(self) -> None:
        choices = CHOICES | (WORKS if await self._services.works.all() else {})
        self.query_one("#choices", Static).update(self._choices(choices))

    def _choices(self, choices: "Mapping[str, tuple[str, str]]") -> Content:
        lines = [
            Content.assemble(
                (f" {key_now(self, name)} ", "bold reverse $accent"), f"  {title}\n     ", (note, "$muted")
            )
            for name, (title, note) in choices.items()
        ]
        return Content("\n").join(lines)

    # Keys

    def action_try_demo(self) -> None:
        """Start the simulated clusters."""
        self.post_message(DemoRequested())

    def action_point(self) -> None:
        """Let the person type a path."""
        self._show("-pointing")
        self.query_one(Input).focus()

    def action_show_view(self, view: str) -> None:
        """The wizard, or what was begun with it."""
        self.post_message(ViewRequested(view, ""))

    @work(group="clusters", exclusive=True)
    async def action_act(self, what: str) -> None:
        """One of the acts of `ClusterControl`."""
        try:
            await self._control.act(what, "")
        except KubeGenieError as error:
            self._answer(error_words(error))

    def action_show_ways(self) -> None:
        """The ways to get a cluster."""
        self._show("-ways")

    def action_back(self) -> None:
        """Back to the three choices."""
        self._show("")

    def _show(self, what: str) -> None:
        self.query_one("#answer", Static).update("")
        self.query_one(VerticalScroll).focus()
        for each in ("-pointing", "-ways"):
            self.set_class(each == what, each)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._register(event.value.strip())

    @work(group="register", exclusive=True)
    async def _register(self, path: str) -> None:
        self._unsubscribe()
        try:
            await _register_all(self._services.manager, Path(path))
        except KubeGenieError as error:
            self._answer(error_words(error))
            self._unsubscribe = self._services.manager.subscribe(self._go_on)
        else:
            self.post_message(ClustersRequested())

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of how far it is."""
        self._answer(error_words(error))

    def _answer(self, words: Content | Hanging) -> None:
        answer = self.query_one("#answer", Static)
        answer.update(hanging(words) if isinstance(words, Content) else words)
        self.call_after_refresh(answer.scroll_visible, animate=False)


def _missing(manager: "ClusterManager") -> Content:
    parts: list[Content | str | tuple[str, str]] = [("No cluster yet\n", "bold")]
    parts.append(("KubeGenie goes on by itself once a kubeconfig is here (see KUBECONFIG):", "$muted"))
    for path in manager.paths:
        parts.append(f"\n  {plain(str(path))}")
    for error in manager.errors:
        parts += ["\n\n", error_words(error)] if error.file else []
    return Content.assemble(*parts)


async def _register_all(manager: "ClusterManager", path: Path) -> None:
    """Register every context of a kubeconfig.

    Raises:
        KubeGenieError: it has none, or it or one of them cannot be used.
    """
    file = await asyncio.to_thread(path.expanduser)
    found = await asyncio.to_thread(load_one, file)
    for name in found.contexts:
        await manager.registrar.register(file, name)


def _ways() -> Content:
    lines = [
        Content.assemble((title, "bold"), "\n  ", (command, "$accent"), (f"   {note}" if note else "", "$muted"))
        for title, command, note in WAYS
    ]
    return Content("\n\n").join(lines)

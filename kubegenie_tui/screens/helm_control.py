"""Installing and upgrading Helm releases by the helm program: what must be asked is asked, then a plan is shown."""

import asyncio
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from kubegenie_tui.agents.helm import fetch_release, read_revisions
from kubegenie_tui.changes.operations.chart_values import (
    Values,
    merged_values,
    read_values,
    values_text,
    with_fault,
)
from kubegenie_tui.changes.operations.charts import Installed, release_plan
from kubegenie_tui.domain.acting import acting_as
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.form import TextField
from kubegenie_tui.domain.helm_command import HelmWish, read_helm_words
from kubegenie_tui.domain.helm_run import Chart, HelmRun
from kubegenie_tui.kube.helm import chart_values, fetch_chart, helm_program, missing_helm, render
from kubegenie_tui.screens.editor import EditorScreen, Judged
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.waiting import waited

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.helm import Revision
    from kubegenie_tui.domain.plan import Plan
    from kubegenie_tui.screens.messages import ViewRequested
    from kubegenie_tui.screens.plan_dialog import Left
    from kubegenie_tui.services import Services

FACTS = "chart"
"""Where it is kept from which chart a release was made: helm itself does not remember."""


class HelmControl:
    """One release on its way into a cluster."""

    def __init__(
        self,
        app: "App[int]",
        services: "Services",
        agent: "ClusterAgent",
        decide: "Callable[[Plan], Awaitable[Left]]",
    ) -> None:
        """A release to come.

        Args:
            app: where the screens are shown.
            services: where it is remembered which charts were used, and which kubeconfigs are read.
            agent: the cluster.
            decide: lets a person see a plan and decide.
        """
        self._app = app
        self._services = services
        self._agent = agent
        self._decide = decide

    async def begin(self, verb: Literal["install", "upgrade"], wanted: "ViewRequested") -> None:
        """Show what an installation or an upgrade would do; ask for what was not typed.

        Raises:
            UsageError: helm is missing, or what was typed cannot be meant.
            KubeGenieError: the chart cannot be had or rendered, or the cluster cannot be asked.
        """
        if not helm_program():
            raise missing_helm()
        if not self._agent.context.file:
            why = "helm reads how to reach a cluster from a kubeconfig, and this one is in none"
            raise UsageError(f"helm cannot reach {self._agent.name}", why)
        if acting := acting_as(self._agent.name):
            raise UsageError("helm does not run here", f"it would not act as {acting.user}", "`:as` makes you yourself")
        wish = read_helm_words(verb, shlex.split(wanted.argument))
        namespace = wish.namespace or wanted.scope or self._agent.status.namespace or "default"
        wish = msgspec.structs.replace(wish, namespace=namespace)
        if wish.chart.name:
            await self._at_once(wish)
        elif asked := await self._asked(wish):
            await self._by_editor(asked)

    async def _at_once(self, wish: HelmWish) -> None:
        """All is known: the values that were named, else those of the installed revision."""
        release = _Release(self._agent, wish)
        installed = await waited(self._app, f"reading release {wish.release}", release.read())
        files = [await asyncio.to_thread(_read, name) for name in wish.values]
        values = merged_values(files) if files else (installed[1].values if installed else {})
        left = await self._decided(release, await self._fetched(wish.chart), values)
        if left.refusal is None and left.approved:
            await self._remember(wish)

    async def _asked(self, wish: HelmWish) -> HelmWish | None:
        """What a form adds; None when the person leaves it."""
        known = await self._remembered(wish)
        fields = [
            TextField("release", "Release", wish.release),
            TextField("chart", "Chart", known.name, hint="a directory, an archive, REPOSITORY/CHART, or oci://..."),
            TextField("version", "Version", hint="empty for the newest", required=False),
            TextField(
                "repo", "Repository", known.repo, hint="a URL, when the chart's name does not say it", required=False
            ),
            TextField("namespace", "Namespace", wish.namespace),
        ]
        left_out = {"release", "namespace"} if wish.verb == "upgrade" and wish.release else set()
        title = f"{wish.verb.capitalize()} {wish.release or 'a release'} on {self._agent.name}"
        form = FormScreen(title, [each for each in fields if each.id not in left_out], submit="edit its values")
        values = await self._app.push_screen_wait(form)
        if values is None:
            return None
        given = {name: str(value) for name, value in values.items()}
        chart = Chart(given["chart"], given["version"], given["repo"])
        release, namespace = given.get("release", wish.release), given.get("namespace", wish.namespace)
        return msgspec.structs.replace(wish, release=release, namespace=namespace, chart=chart)

    async def _by_editor(self, wish: HelmWish) -> None:
        release = _Release(self._agent, wish)
        installed = await waited(self._app, f"reading release {wish.release}", release.read())
        archive = await self._fetched(wish.chart)
        own = await chart_values(archive)
        words = f"release {wish.namespace}/{wish.release}"

        async def judge(text: str) -> Judged:
            try:
                values = await asyncio.to_thread(read_values, text)
                left = await self._decided(release, archive, values)
            except KubeGenieError as error:
                return Judged(False, with_fault(words, text, error))
            if left.refusal is not None:
                return Judged(False, with_fault(words, text, left.refusal))
            if left.approved:
                await self._remember(wish)
            return Judged(left.approved)

        text = values_text(words, installed[1].values if installed else {}, own)
        await self._app.push_screen(EditorScreen(f"Values of {words} on {self._agent.name}", text, judge))

    async def _fetched(self, chart: Chart) -> bytes:
        return await waited(self._app, f"helm gets {chart.name}", fetch_chart(chart))

    async def _decided(self, release: "_Release", archive: bytes, values: Values) -> "Left":
        kubeconfig = os.pathsep.join(map(str, self._services.manager.paths))
        plan = await waited(self._app, "helm renders it", release.plan(archive, values, kubeconfig))
        return await self._decide(plan)

    # What was used before

    async def _remembered(self, wish: HelmWish) -> Chart:
        known = await self._services.store.facts.get(FACTS, self._key(wish)) if wish.release else None
        return msgspec.json.decode(known, type=Chart) if known else Chart("")

    async def _remember(self, wish: HelmWish) -> None:
        chart = msgspec.structs.replace(wish.chart, version="")
        await self._services.store.facts.set(FACTS, self._key(wish), msgspec.json.encode(chart).decode())

    def _key(self, wish: HelmWish) -> str:
        return f"{self._agent.name} {wish.namespace}/{wish.release}"


class _Release:
    """A release as it is kept in the cluster, and what would become of it."""

    def __init__(self, agent: "ClusterAgent", wish: HelmWish) -> None:
        self._agent = agent
        self._wish = wish
        self._revisions: list[Revision] = []
        self._installed: Installed | None = None

    async def read(self) -> Installed | None:
        """The revision that is in force, else the last one; None when there is none.

        Raises:
            UsageError: there is none, and one is to be upgraded.
            ClusterError: it cannot be read.
        """
        wish = self._wish
        found = [each for each in await read_revisions(self._agent, wish.namespace) if each.name == wish.release]
        self._revisions = sorted(found, key=lambda each: each.number)
        if wish.verb == "install":
            return None
        if not found:
            step = f"`:helm install {wish.release}` makes one"
            raise UsageError(f"There is no release {wish.release} in {wish.namespace}", next_step=step)
        deployed = [each for each in self._revisions if each.status == "deployed"]
        current = (deployed or self._revisions)[-1]
        self._installed = current, await fetch_release(self._agent, current)
        return self._installed

    async def plan(self, archive: bytes, values: Values, kubeconfig: str) -> "Plan":
        """What helm would do.

        Raises:
            KubeGenieError: helm cannot render it, or the cluster cannot be asked.
        """
        await self.read()
        wish, context = self._wish, self._agent.context.name
        run = HelmRun(wish.verb, wish.release, wish.namespace, archive, values, context, kubeconfig)
        return await release_plan(self._agent, run, await render(run), self._revisions, self._installed)


def _read(name: str) -> Values:
    path = Path(name).expanduser()
    try:
        return read_values(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read", getattr(error, "strerror", "") or str(error)) from error

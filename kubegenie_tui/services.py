"""The one switchboard: what the screens work with, opened and closed in one place."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.conversation import BUILT_IN
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.genie_settings import GenieSettings
from kubegenie_tui.domain.shapes.custom import CustomColumns
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.kube.context import Impersonation
from kubegenie_tui.kube.kubeconfig.loader import in_cluster, kubeconfig_paths
from kubegenie_tui.llm.choosing import Models
from kubegenie_tui.paths import DATABASE, records_dir
from kubegenie_tui.settings import Settings, holds_for
from kubegenie_tui.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubegenie_tui.agents.crew import Crew
    from kubegenie_tui.agents.deputies import Deputies
    from kubegenie_tui.agents.discovering import Discovery
    from kubegenie_tui.agents.forwards import Forwards
    from kubegenie_tui.agents.pod_command import Written
    from kubegenie_tui.changes.audit import Audit
    from kubegenie_tui.changes.opening import Changes
    from kubegenie_tui.domain.conversation import PlanProposed
    from kubegenie_tui.domain.object_ref import ObjectRef
    from kubegenie_tui.domain.plan import Plan, Preview
    from kubegenie_tui.genie.genie import Genie
    from kubegenie_tui.genie.outside import OutsideTools
    from kubegenie_tui.genie.session import Sessions
    from kubegenie_tui.plugin_loader import Plugins
    from kubegenie_tui.provision.works import Works


COMMAND_SECONDS = 30.0
"""How long a command may take that the genie runs in a container."""
CLEAN_UP_SECONDS = 1.0
"""How long leaving may take for it."""


@dataclass(frozen=True)
class Services:
    """Everything a screen may need."""

    settings: Settings
    store: Store
    manager: ClusterManager
    models: Models
    """Those that can answer; none when only the built-in engine can."""
    demo: bool = False
    """Whether the clusters are simulated: what is done to them is kept apart, whatever their names."""
    deputies: "Deputies | None" = None
    """The clusters as the genie's own user sees them; None when it looks things up as the person."""

    def engine(self, cluster: str = "") -> str:
        """Who answers in the chat about a cluster: the model's name, or that it is the built-in engine; and as whom."""
        backend, user = self.models.of(cluster), self.settings.genie.act_as
        name = backend.name if backend is not None else BUILT_IN
        return f"{name} as {user}" if user else name

    @cached_property
    def genie(self) -> "Genie":
        """Who answers in the chat; made when first asked for, so that rows need not wait for it."""
        from kubegenie_tui.genie.genie import Genie
        from kubegenie_tui.genie.preferences import Preferences

        settings = self.settings
        preferences = Preferences(settings.diagnosis.patterns(), settings.policy, settings.genie.mode)
        return Genie(
            self.deputies or self.manager,
            self.models.of,
            self.preview,
            preferences=preferences,
            take_back=self.take_back,
            execute=self.execute,
            outside=self.outside,
            notes=self.store.notes,
        )

    @cached_property
    def outside(self) -> "OutsideTools | None":
        """Tools of other servers; None when there are none, or no model to use them."""
        from kubegenie_tui.genie.outside import OutsideTools

        return OutsideTools(self.settings.mcp) if self.settings.mcp and self.models.names else None

    @cached_property
    def sessions(self) -> "Sessions":
        """What is being said about each cluster."""
        from kubegenie_tui.genie.session import Sessions

        return Sessions(self.genie, self.store.conversations)

    @cached_property
    def plugins(self) -> "Plugins":
        """What was installed beside us; nothing of it is loaded before it is needed."""
        from kubegenie_tui.plugin_loader import Plugins

        return Plugins(self.settings)

    @cached_property
    def works(self) -> "Works":
        """The making of clusters; a process of its own does it, and goes on when this one ends."""
        from kubegenie_tui.provision.opening import open_works

        async def audit() -> "Audit":
            return (await self.changes()).audit

        return open_works(self.store, self.settings, audit, "person", demo=self.demo)

    @cached_property
    def discovery(self) -> "Discovery":
        """Providers of clusters; none is imported before it is asked."""
        from kubegenie_tui.agents.discovering import Discovery
        from kubegenie_tui.providers.pins import Pins
        from kubegenie_tui.providers.registry import Registry

        return Discovery(Registry(self.settings.plugins, Pins(self.store.facts)))

    @cached_property
    def crews(self) -> "tuple[Crew, ...]":
        """Agents besides those of clusters; begun by `begin_agents`."""
        from kubegenie_tui.agents.plugin_agents import PluginAgents
        from kubegenie_tui.providers.pins import Pins
        from kubegenie_tui.providers.registry import Registry

        guests = PluginAgents(Registry(self.settings.plugins, Pins(self.store.facts)))
        return (guests, *_repair_crew(self))

    async def begin_agents(self) -> None:
        """Begin what runs besides the agents of clusters; where the store cannot be read, nothing is allowed."""
        agents = self.settings.agents
        if agents.watch != "open":
            self.manager.health.begin_quietly(60.0 * max(1, agents.watch_minutes), unasked=agents.watch == "all")
        for crew in self.crews:
            with contextlib.suppress(StoreError):
                await crew.start()

    @cached_property
    def forwards(self) -> "Forwards":
        """Port-forwards; those of earlier sessions are known once they are loaded."""
        from kubegenie_tui.agents.forwards import Forwards

        return Forwards(self.manager, self.store.forwards)

    @property
    def forwarding(self) -> int:
        """How many port-forwards run."""
        return self.forwards.running if "forwards" in vars(self) else 0

    async def forget_old_chats(self) -> int:
        """Delete the conversations that are older than the settings let them be; how many there were.

        Raises:
            StoreError: they cannot be deleted.
        """
        days = self.settings.chats.keep_days
        if days <= 0:
            return 0
        keep = self.sessions.open_ids if "sessions" in vars(self) else set()
        return len(await self.store.conversations.forget(time.time() - days * 86_400, keep))

    async def changes(self) -> "Changes":
        """The gate for writes, and its records; opened when first asked for.

        Raises:
            StoreError: nothing can be put on record, so nothing can be changed.
        """
        if self._opening.done() and self._opening.exception() is not None:
            del self.__dict__["_opening"]
        return await asyncio.shield(self._opening)

    async def preview(self, plan: "Plan") -> "Preview":
        """What a plan would do, as the gate sees it.

        Raises:
            KubeGenieError: the cluster cannot be used, or nothing can be put on record.
        """
        changes = await self.changes()
        return await changes.gate.preview(await self.manager.open(plan.cluster), plan)

    async def take_back(self, cluster: str, undo_id: int) -> "Plan":
        """The plan that takes back a change that was made.

        Raises:
            KubeGenieError: it cannot be taken back, the cluster cannot be used, or nothing can be put on record.
        """
        changes = await self.changes()
        return await changes.undo.plan_for(await self.manager.open(cluster), undo_id)

    async def execute(self, pod: "ObjectRef", container: str, command: "Sequence[str]") -> "Written":
        """Run a command in a container for the genie, on record.

        Raises:
            KubeGenieError: it cannot be run, or nothing can be put on record.
        """
        from kubegenie_tui.agents.pod_access import PodAccess
        from kubegenie_tui.agents.pod_command import run_command

        async def audit() -> "Audit":
            return (await self.changes()).audit

        access = PodAccess(await self.manager.open(pod.cluster), audit, "genie")
        return await run_command(access, pod, container, command, seconds=COMMAND_SECONDS)

    async def as_allowed(self, proposed: "PlanProposed") -> "PlanProposed":
        """What the genie proposed, with whether a standing yes of the person covers it.

        Raises:
            KubeGenieError: nothing can be put on record.
        """
        standing = (await self.changes()).gate.standing
        plan, tier = proposed.plan, proposed.tier
        is_allowed = standing.covering(plan, tier) is not None
        return msgspec.structs.replace(proposed, is_allowed=is_allowed, withheld=standing.withheld(plan, tier))

    @cached_property
    def _opening(self) -> "asyncio.Task[Changes]":
        from kubegenie_tui.changes.opening import open_changes

        own = tuple(pattern for pattern, each in self.settings.cluster.items() if each.protected)
        protected = (*self.settings.clusters.protected_patterns(), *own)
        return asyncio.get_running_loop().create_task(open_changes(self.store, records_dir(demo=self.demo), protected))

    async def close(self) -> None:
        """Close all, the last opened first."""
        if "_opening" in vars(self):
            await self._clean_up()
        if (outside := vars(self).get("outside")) is not None:
            await outside.close()
        await self.models.close()
        if self.deputies is not None:
            await self.deputies.close()
        await self.forwards.shutdown()
        if "crews" in vars(self):
            await asyncio.gather(*(crew.shutdown() for crew in self.crews))
        await self.manager.shutdown()
        await self.store.close()

    async def _clean_up(self) -> None:
        """Delete what was made for a while; a cluster that does not answer must not keep a person from leaving."""
        with contextlib.suppress(TimeoutError, StoreError):
            async with asyncio.timeout(CLEAN_UP_SECONDS):
                await (await self.changes()).gate.clean_up_all()


async def build_services(settings: Settings, options: StartOptions) -> Services:
    """Open the store and find the clusters; neither a cluster nor a model is asked anything yet."""
    store = await _open_store(demo=options.demo)
    await store.recall()
    own = in_cluster()
    manager = ClusterManager(
        store,
        kubeconfig=kubeconfig_paths(options.kubeconfig),
        extra=(own,) if own and not options.demo else (),
        source="demo" if options.demo else "kubeconfig",
        read_only_here=lambda name: options.read_only or holds_for(settings, name).read_only,
        protected_here=lambda name: holds_for(settings, name).protected,
        custom={kind_id: CustomColumns(paths) for kind_id, paths in settings.columns.items()},
    )
    await manager.start()
    models = Models(settings.model, settings.models, store.facts)
    return Services(settings, store, manager, models, options.demo, _deputies(settings.genie, manager))


def _deputies(genie: GenieSettings, manager: ClusterManager) -> "Deputies | None":
    if not genie.act_as:
        return None
    from kubegenie_tui.agents.deputies import Deputies

    return Deputies(manager, Impersonation(genie.act_as, groups=genie.groups()))


def _repair_crew(services: Services) -> "Iterator[Crew]":
    """Who repairs unasked; nobody where no rule of the settings says so."""
    ruled = (services.settings.agents.repair, *(each.repair for each in services.settings.cluster.values()))
    if not {"propose", "allow-w1"} & set(ruled):
        return
    from kubegenie_tui.agents.crew import Crew
    from kubegenie_tui.agents.supervisor import Supervisor
    from kubegenie_tui.changes.by_rule import carry_out_by_rule
    from kubegenie_tui.genie.repairing import CHECK_SECONDS, FIRST_SECONDS, RepairAgent, RepairRules

    settings, manager = services.settings, services.manager
    rules = RepairRules(
        lambda name: holds_for(settings, name).repair or "off",
        settings.agents.repairs_an_hour,
        settings.diagnosis.patterns(),
    )

    async def carry_out(preview: "Preview") -> None:
        cluster, gate = await manager.open(preview.plan.cluster), (await services.changes()).gate
        await carry_out_by_rule(gate, cluster, preview, 'repair = "allow-w1"', time.time())

    agent = RepairAgent(
        manager,
        lambda: [each.name for each in manager.supervisor.lives],
        rules,
        look=services.preview,
        proposals=services.store.proposals,
        carry_out=carry_out,
    )
    yield Crew(Supervisor(first=FIRST_SECONDS, interval=CHECK_SECONDS), [agent])


async def _open_store(*, demo: bool) -> Store:
    try:
        return await Store.open(records_dir(demo=demo) / DATABASE)
    except StoreError as error:
        return await Store.in_memory(f"{error} · nothing will be kept of this session")

"""The provider `crossplane`: clusters listed, reached, made and changed by way of the cluster that composes them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from kubegenie_tui.domain.creation import Change, Choice, Identity, Leftover, Made, Outline
from kubegenie_tui.domain.errors import SpecRefused, TryLater
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.summary_section import counted
from kubegenie_tui.providers.api import FoundCluster, Lists
from kubegenie_tui.providers.crossplane.asked import (
    FUNCTION,
    GROUP,
    KIND,
    VERSION,
    cluster_asked,
    composition_asked,
    definition_asked,
    ours_for,
)
from kubegenie_tui.providers.crossplane.change_step import ChangeStep
from kubegenie_tui.providers.crossplane.changing import has, newer_versions, present, require_effect, require_known
from kubegenie_tui.providers.crossplane.choices import choices_of
from kubegenie_tui.providers.crossplane.composed import composed_clusters, found_cluster, secret_of
from kubegenie_tui.providers.crossplane.costs import estimate_of
from kubegenie_tui.providers.crossplane.kept import kept, require_usable
from kubegenie_tui.providers.crossplane.preconditions import EXTENSIONS, function_name, missing
from kubegenie_tui.providers.crossplane.reaching import kubeconfig_to
from kubegenie_tui.providers.crossplane.steps import ClusterStep, OwnCompositionStep, SharedStep
from kubegenie_tui.providers.crossplane.trial import trial
from kubegenie_tui.providers.inside import left_inside
from kubegenie_tui.providers.making import Changes, Creates, Placed, Previews, Step
from kubegenie_tui.providers.managing import Managing, require_same

if TYPE_CHECKING:
    from pydantic import BaseModel

    from kubegenie_tui.domain.form import Value
    from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
    from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec

_OURS = Kind(GROUP, VERSION, "kubernetesclusters", KIND)
_WORK = "kgdryrun"
"""Stands for the id of a work that was not begun."""
_LEAVES = (
    "load balancers and volumes that it makes itself",
    "the definition and the Composition, while other clusters need them or when another work made them",
)


class CrossplaneProvider(Lists, Creates, Placed, Previews, Changes):
    """One namespace of one cluster with Crossplane."""

    def __init__(self, config: "CrossplaneConfig") -> None:
        self._config = config
        self._managing = Managing(config)

    async def list_clusters(self) -> list[FoundCluster]:
        """Composites and claims that are made of a cluster, whoever made them."""
        async with self._managing.opened() as server:
            return [found_cluster(*each) for each in await composed_clusters(server)]

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """What the cloud's provider wrote into a Secret of the namespace, in a form that keeps opening the cluster."""
        async with self._managing.opened() as server:
            secret = await secret_of(server, cluster)
            if secret is None:
                raise TryLater(f"{cluster} has no kubeconfig yet", f"there is no Secret {cluster}-kubeconfig")
            return await kubeconfig_to(server, self._config, secret, cluster)

    async def identify(self) -> Identity:
        """Who we are there, and what we may not do."""
        return await self._managing.identity(
            {
                f"{EXTENSIONS}/CompositeResourceDefinition": ("get list create delete", ""),
                f"{EXTENSIONS}/Composition": ("get create delete", ""),
                f"{GROUP}/{KIND}": ("get list create patch delete", self._config.namespace),
                "/Secret": ("get", self._config.namespace),
            },
            (_OURS,),
            brought_by="Crossplane 2",
        )

    async def require_place(self, outline: Outline) -> None:
        """Only the cluster of a person's yes will do."""
        await self._managing.require_place(outline)

    async def choices(self, field: str, values: "Mapping[str, Value]") -> list[Choice]:
        """Compositions of one's own, and what is known of the cloud without asking it."""
        return await asyncio.to_thread(choices_of, field, values)

    async def outline(self, spec: "BaseModel") -> Outline:
        """The three objects, and what is missing for them."""
        wanted = cast("CrossplaneSpec", spec)
        async with self._managing.opened() as server:
            await server.require_namespace()
            kind = await server.kind(GROUP, KIND)
            if kind is not None and await server.get(kind, wanted.name) is not None:
                raise SpecRefused(f"There is a {KIND} {wanted.name} already", "", "take another name", field="name")
            if wanted.composition:
                require_usable(await asyncio.to_thread(kept, wanted.composition))
            steps = await self._steps(await function_name(server), wanted, _WORK)
            composition, cluster = steps[1].planned.request, steps[2].planned.request
            if kind is not None and wanted.spot:
                await require_known(server, cluster, ("spot",))
            warnings = await missing(server, wanted, self._config, composition)
            warnings += await trial(server, composition, cluster)
            where = f"{wanted.cloud} {wanted.region} · {server.namespace} · {server.context}"
        warnings += _words_of_nodes(wanted)
        planned = tuple(each.planned for each in steps)
        cost = await asyncio.to_thread(estimate_of, wanted)
        return Outline("crossplane", wanted.name, where, planned, cost, _LEAVES, tuple(warnings), seals=True)

    async def preview(self, spec: "BaseModel") -> Outline:
        """The three objects, whatever is there already."""
        wanted = cast("CrossplaneSpec", spec)
        steps = await self._steps(FUNCTION, wanted, _WORK)
        cost = await asyncio.to_thread(estimate_of, wanted)
        where = f"{wanted.cloud} {wanted.region} · {self._config.namespace}"
        return Outline("crossplane", wanted.name, where, tuple(each.planned for each in steps), cost, _LEAVES)

    async def steps(self, spec: "BaseModel", work: str) -> Sequence[Step]:
        """The steps of the outline."""
        async with self._managing.opened() as server:
            return await self._steps(await function_name(server), cast("CrossplaneSpec", spec), work)

    async def leftovers(self, spec: "BaseModel", made: Mapping[str, Made]) -> list[Leftover]:
        """What the cluster itself tells of: whoever made it removes what it made, and no more."""
        return await left_inside(self, cast("CrossplaneSpec", spec).name) if "cluster" in made else []

    async def versions(self, cluster: str) -> list[Choice]:
        """What the definition names beyond what it has, or the next minor version."""
        async with self._managing.opened() as server:
            return await newer_versions(server, await present(server, cluster))

    async def change_outline(self, spec: "BaseModel", made: Mapping[str, Made], change: Change) -> Outline:
        """What would be changed in the composite resource, and what of its parts that reaches."""
        name = cast("CrossplaneSpec", spec).name
        async with self._managing.opened() as server:
            found = await present(server, name)
            require_same(found, made)
            step = ChangeStep(self._managing, found, change)
            if has(found, step.planned.request):
                raise SpecRefused(f"{name} asks for that already", "nothing would change", "ask for something else")
            warnings = await require_effect(server, found, step.planned.request)
            await step.try_out(server, found)
            where = f"{server.namespace} · {server.context}"
        return Outline("crossplane", name, where, (step.planned,), warnings=tuple(warnings))

    async def change_steps(
        self, spec: "BaseModel", made: Mapping[str, Made], change: Change, work: str
    ) -> Sequence[Step]:
        """The step of that outline."""
        async with self._managing.opened() as server:
            found = await present(server, cast("CrossplaneSpec", spec).name)
        return [ChangeStep(self._managing, found, change)]

    async def _steps(self, function: str, spec: "CrossplaneSpec", work: str) -> list[Step]:
        definition = await asyncio.to_thread(definition_asked, work)
        return [
            SharedStep(self._managing, definition, work, "definition", f"Definition of {KIND}"),
            await self._composition(function, spec, work),
            ClusterStep(self._managing, cluster_asked(spec, self._config, work), work),
        ]

    async def _composition(self, function: str, spec: "CrossplaneSpec", work: str) -> Step:
        if spec.composition:
            return OwnCompositionStep(self._managing, await asyncio.to_thread(kept, spec.composition), work)
        ours = ours_for(spec)
        asked = await asyncio.to_thread(composition_asked, ours, function, work)
        return SharedStep(self._managing, asked, work, f"composition/{ours}", f"Composition for {ours}")


def _words_of_nodes(spec: "CrossplaneSpec") -> Iterator[str]:
    if spec.cloud == "aws" and spec.minimum < spec.maximum and not spec.composition:
        least = counted(spec.minimum, "node")
        yield f"On aws it stays at {least}: nothing scales the group, and Crossplane takes back what an autoscaler does"
    if spec.spot:
        yield "Spot nodes may be taken away at any time, all at once"
    if spec.spot and spec.cloud == "azure" and not spec.composition:
        taint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
        yield f"AKS taints spot nodes with {taint}: Pods that do not tolerate it run on one node that is none"

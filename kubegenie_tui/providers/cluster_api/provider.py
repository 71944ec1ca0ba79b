"""The provider `cluster-api`: clusters listed, reached, made and changed by way of the cluster that manages them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from kubegenie_tui.domain.creation import Change, Choice, Identity, Leftover, Made, Outline
from kubegenie_tui.domain.errors import SpecRefused, TryLater
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, text_at, texts_at
from kubegenie_tui.providers.api import FoundCluster, Lists
from kubegenie_tui.providers.cluster_api.asked import (
    GROUP,
    PRESENT,
    cluster_asked,
    misfit,
    required_variables,
    variable_types,
    variable_words,
    worker_classes,
)
from kubegenie_tui.providers.cluster_api.changing import later, step_of
from kubegenie_tui.providers.cluster_api.costs import estimate_of
from kubegenie_tui.providers.cluster_api.state import endpoint_of
from kubegenie_tui.providers.cluster_api.steps import ClusterStep, cluster_kind, present
from kubegenie_tui.providers.inside import left_inside
from kubegenie_tui.providers.making import Changes, Creates, Placed, Previews, Step
from kubegenie_tui.providers.managing import SECRETS, Managing, Server, require_same
from kubegenie_tui.providers.secret_kubeconfig import kubeconfig_in
from kubegenie_tui.providers.version_order import numbers

if TYPE_CHECKING:
    from pydantic import BaseModel

    from kubegenie_tui.domain.form import Value
    from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
    from kubegenie_tui.providers.managing_config import ManagingConfig

_NAME = "cluster-api"
_LISTED = ("cluster_class", "version", "variables", "pools.worker_class")
"""Fields that the classes tell the choices of."""
_WORK = "kgdryrun"
"""Stands for the id of a work that was not begun."""


class ClusterApiProvider(Lists, Creates, Placed, Previews, Changes):
    """One namespace of one management cluster."""

    def __init__(self, config: "ManagingConfig") -> None:
        self._managing = Managing(config)

    async def list_clusters(self) -> list[FoundCluster]:
        """Those of the namespace, whoever made them."""
        async with self._managing.opened() as server:
            return [_found(each) for each in await server.list(await cluster_kind(server))]

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """What Cluster API wrote into the Secret that goes with it."""
        async with self._managing.opened() as server:
            secret = await server.get(SECRETS, f"{cluster}-kubeconfig")
        if secret is None:
            raise TryLater(f"{cluster} has no kubeconfig yet", f"there is no Secret {cluster}-kubeconfig")
        return await kubeconfig_in(secret, "value", cluster)

    async def identify(self) -> Identity:
        """Who we are there, and what we may not do in the namespace."""
        place = self._managing.namespace
        return await self._managing.identity(
            {
                f"{GROUP}/Cluster": ("get list create patch delete", place),
                f"{GROUP}/ClusterClass": ("get list", place),
                "/Secret": ("get", place),
            },
            brought_by="Cluster API",
        )

    async def require_place(self, outline: Outline) -> None:
        """Only the cluster of a person's yes will do."""
        await self._managing.require_place(outline)

    async def choices(self, field: str, values: "Mapping[str, Value]") -> list[Choice]:
        """ClusterClasses, and what the one that is chosen has."""
        named = str(values.get("cluster_class") or "")
        if field not in _LISTED or (field != "cluster_class" and not named):
            return []
        async with self._managing.opened() as server:
            kind = await server.kind(GROUP, "ClusterClass")
            if kind is None:
                return []
            if field == "cluster_class":
                return [Choice(text_at(each, "metadata.name")) for each in await server.list(kind)]
            chosen = await server.get(kind, named)
        if field == "variables":
            return _more_variables(str(values.get(field) or ""), variable_words(chosen or {}))
        if field == "version":
            return [Choice(each) for each in reversed(texts_at(chosen, "spec.kubernetesVersions"))]
        return [Choice(each) for each in worker_classes(chosen or {})]

    async def outline(self, spec: "BaseModel") -> Outline:
        """One object, which the server was asked about: its admission has seen it."""
        wanted = cast("ClusterApiSpec", spec)
        async with self._managing.opened() as server:
            kind = await cluster_kind(server)
            await server.require_namespace()
            if await server.get(kind, wanted.name) is not None:
                raise SpecRefused(
                    f"There is a Cluster {wanted.name} already",
                    f"in the namespace {server.namespace}",
                    "take another name",
                    field="name",
                )
            chosen = await self._class_of(server, wanted)
            if chosen is None:
                raise await self._no_class(server, wanted.cluster_class)
            _require(wanted, chosen)
            step = await self._step(server, wanted, _WORK)
            await server.try_create(kind, step.planned.request)
            where = f"{server.namespace} · {server.context}"
        leaves = ("load balancers and volumes that it makes itself, unless its infrastructure provider removes them",)
        return Outline(_NAME, wanted.name, where, (step.planned,), estimate_of(wanted), leaves=leaves, seals=True)

    async def preview(self, spec: "BaseModel") -> Outline:
        """The one object, as the present version of Cluster API takes it."""
        wanted, kind = cast("ClusterApiSpec", spec), Kind(GROUP, PRESENT, "clusters", "Cluster")
        asked = cluster_asked(wanted, kind, self._managing.namespace, _WORK, {})
        planned = ClusterStep(self._managing, wanted, _WORK, asked).planned
        return Outline(_NAME, wanted.name, self._managing.namespace, (planned,), estimate_of(wanted))

    async def steps(self, spec: "BaseModel", work: str) -> Sequence[Step]:
        """The one step."""
        async with self._managing.opened() as server:
            return [await self._step(server, cast("ClusterApiSpec", spec), work)]

    async def leftovers(self, spec: "BaseModel", made: Mapping[str, Made]) -> list[Leftover]:
        """What the cluster itself tells of: whoever made it removes what it made, and no more."""
        return await left_inside(self, cast("ClusterApiSpec", spec).name) if "cluster" in made else []

    async def versions(self, cluster: str) -> list[Choice]:
        """What its class names beyond what it has, or the next minor one of a class that names none."""
        async with self._managing.opened() as server:
            found = await present(server, cluster)
            known = await _versions_of(server, found)
        now = text_at(found, "spec.topology.version")
        if known or not now:
            return [Choice(each) for each in later(now, known)]
        major, minor, *_ = numbers(now)
        return [Choice(f"v{major}.{minor + 1}.0", "the next minor one; its class does not say what it makes")]

    async def change_outline(self, spec: "BaseModel", made: Mapping[str, Made], change: Change) -> Outline:
        """What would be changed in the topology, which the server was asked about."""
        wanted = cast("ClusterApiSpec", spec)
        step = step_of(self._managing, wanted, change)
        async with self._managing.opened() as server:
            found = await present(server, wanted.name)
            require_same(found, made)
            warnings = step.require_fitting(found, await _versions_of(server, found))
            await step.try_out(server, found)
            where = f"{server.namespace} · {server.context}"
        return Outline(_NAME, wanted.name, where, (step.planned,), warnings=warnings)

    async def change_steps(
        self, spec: "BaseModel", made: Mapping[str, Made], change: Change, work: str
    ) -> Sequence[Step]:
        """The step of that outline."""
        return [step_of(self._managing, cast("ClusterApiSpec", spec), change)]

    async def _step(self, server: Server, spec: "ClusterApiSpec", work: str) -> ClusterStep:
        types = variable_types(await self._class_of(server, spec) or {})
        asked = cluster_asked(spec, await cluster_kind(server), server.namespace, work, types)
        return ClusterStep(self._managing, spec, work, asked)

    async def _class_of(self, server: Server, spec: "ClusterApiSpec") -> Manifest | None:
        kind = await server.kind(GROUP, "ClusterClass")
        return await server.get(kind, spec.cluster_class) if kind else None

    async def _no_class(self, server: Server, name: str) -> SpecRefused:
        """That there is no such class, and those there are."""
        kind = await server.kind(GROUP, "ClusterClass")
        names = [text_at(each, "metadata.name") for each in await server.list(kind)] if kind else []
        there = f"{server.namespace} has {', '.join(sorted(names)) or 'none'}"
        return SpecRefused(f"There is no ClusterClass {name}", there, field="cluster_class")


def _more_variables(given: str, known: Mapping[str, str]) -> list[Choice]:
    """What is there already with one variable more, by each that is not there yet."""
    there = {each.partition("=")[0] for each in given.split()}
    return [Choice(f"{given} {name}=".strip(), words) for name, words in known.items() if name not in there]


async def _versions_of(server: Server, found: Manifest) -> list[str]:
    """Those that the class of a Cluster makes; none when it does not say."""
    name = text_at(found, "spec.topology.classRef.name") or text_at(found, "spec.topology.class")
    kind = await server.kind(GROUP, "ClusterClass")
    return texts_at(await server.get(kind, name) if kind and name else None, "spec.kubernetesVersions")


def _require(spec: "ClusterApiSpec", cluster_class: Manifest) -> None:
    """Raise SpecRefused when the class cannot make what is wanted."""
    versions = texts_at(cluster_class, "spec.kubernetesVersions")
    if versions and spec.kubernetes not in versions:
        raise SpecRefused(f"{spec.cluster_class} makes {', '.join(versions)}", field="version")
    able = worker_classes(cluster_class)
    for at, pool in enumerate(spec.pools):
        if pool.worker_class not in able:
            there = ", ".join(able) or "none"
            raise SpecRefused(
                f"There are no workers {pool.worker_class}", f"there are {there}", field=f"pools.{at}.worker_class"
            )
    if wanting := sorted(required_variables(cluster_class) - spec.variable_texts.keys()):
        what = f"{spec.cluster_class} needs the variable {' and '.join(wanting)}"
        raise SpecRefused(what, next_step=f"add {wanting[0]}=…", field="variables")
    types = variable_types(cluster_class)
    if strange := sorted(spec.variable_texts.keys() - types.keys()):
        raise SpecRefused(f"{spec.cluster_class} has no variable {strange[0]}", field="variables")
    for name, text in spec.variable_texts.items():
        if wrong := misfit(name, text, types[name]):
            raise SpecRefused(wrong, field="variables")


def _found(cluster: Manifest) -> FoundCluster:
    return FoundCluster(
        text_at(cluster, "metadata.name"),
        endpoint_of(cluster),
        text_at(cluster, "metadata.namespace"),
        text_at(cluster, "spec.topology.version"),
        text_at(cluster, "status.phase"),
    )

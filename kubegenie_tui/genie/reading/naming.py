"""What lives in a cluster is named so: objects, images and hosts, for whoever must know a name when it turns up."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator

from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.cluster_reader import ClusterReader, ClusterSource, kinds_known
from kubegenie_tui.domain.errors import ClusterError, Forbidden, NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.namespace_set import names_of
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, references_of
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.searching import USUAL
from kubegenie_tui.genie.redaction.aliases import STOCK_NAMESPACES, Aliases
from kubegenie_tui.kube.pace import paced

_FRESH_SECONDS = 300.0
"""How long names are taken to be known of kinds that are not watched."""
_AT_ONCE = 8
_WHOLE = (
    "deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch", "jobs.batch", "services",
    "ingresses.networking.k8s.io", "gateways.gateway.networking.k8s.io", "httproutes.gateway.networking.k8s.io",
)  # fmt: skip
"""Kinds that are read whole: images and hosts stand in them."""
_OF_SYSTEM = "system:"
_NAMELESS = frozenset({"events", "leases", "endpoints", "endpointslices", "componentstatuses", "controllerrevisions"})
"""Kinds whose objects are named after others."""
_STOCK_GROUPS = frozenset({"apiregistration.k8s.io", "apiextensions.k8s.io", "flowcontrol.apiserver.k8s.io"})
"""Kinds that tell of the server itself."""
_BOOTSTRAPPED = "kubernetes.io/bootstrapping"
"""The label of roles that every server makes."""
_NAMING_LABELS = ("app", "release", "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/part-of")
_OPEN_REGISTRY = "registry.k8s.io"
"""Everybody knows what is in it."""
_OPEN_HOSTS = frozenset({"docker.io", "quay.io", "ghcr.io", "gcr.io", "public.ecr.aws", "mcr.microsoft.com"})
_TAG = re.compile(r"(?::[\w.-]+)?(?:@.*)?$")


class Naming:
    """Has aliases know the names of clusters, those of each once it is asked about."""

    def __init__(self, aliases: Aliases, clock: Callable[[], float] = time.monotonic) -> None:
        self._aliases = aliases
        self._clock = clock
        self._read: dict[str, float] = {}
        """When the kinds that are not watched were read, by cluster."""

    def of(self, clusters: ClusterSource | None) -> "NamedClusters | None":
        """The same clusters, each known by its names once it is open."""
        return None if clusters is None else NamedClusters(clusters, self)

    async def learn(self, reader: ClusterReader, namespace: str = "") -> None:
        """Know what lives in a cluster now, as far as it may be listed.

        Raises:
            ClusterError: it does not tell, so that a name could pass unknown.
        """
        await kinds_known(reader)
        self._aliases.leave_open(
            word for kind in reader.kinds for word in (kind.id, kind.plural, kind.singular, kind.kind)
        )
        self._aliases.learn([reader.name, *names_of(namespace), *_user(reader)])
        is_due = self._clock() - self._read.get(reader.name, -_FRESH_SECONDS) >= _FRESH_SECONDS
        if is_due:
            await self._learn_others(reader, namespace)
            self._read[reader.name] = self._clock()
        await _all(self._learn_rows(reader, kind, namespace) for name in USUAL if (kind := reader.kinds.get(name)))

    async def _learn_rows(self, reader: ClusterReader, kind: Kind, namespace: str) -> None:
        found = None
        for space in dict.fromkeys(("", namespace if kind.namespaced else "")):
            try:
                found = await live_rows(reader, kind, space)
                break
            except (Forbidden, NotFound):
                continue
        rows = [row for row in found.rows.values() if row.namespace not in STOCK_NAMESPACES] if found else []
        async for row in paced(row for row in rows if not row.owner):
            self._aliases.learn([row.name])
        async for row in paced(row for row in rows if row.owner):
            self._aliases.learn_owned([row.name])

    async def _learn_others(self, reader: ClusterReader, namespace: str) -> None:
        turns = asyncio.Semaphore(_AT_ONCE)

        async def learn(kind: Kind) -> None:
            async with turns:
                await self._learn_objects(reader, kind, namespace)

        kinds = [
            kind
            for kind in reader.kinds
            if "list" in kind.verbs and kind.plural not in _NAMELESS and kind.group not in _STOCK_GROUPS
        ]
        await _all(learn(kind) for kind in kinds if kind.id not in USUAL or kind.id in _WHOLE)

    async def _learn_objects(self, reader: ClusterReader, kind: Kind, namespace: str) -> None:
        """What may not be listed, or is not served after all, no look-up brings either."""
        is_whole = kind.id in _WHOLE
        for space in dict.fromkeys(("", namespace if kind.namespaced else "")):
            try:
                objects = (await listed(reader, kind, space, metadata_only=not is_whole)).items
            except (Forbidden, NotFound):
                continue
            except ClusterError:
                if kind.id in USUAL:
                    raise
                return
            async for found in paced(objects):
                if not is_stock(found):
                    self._aliases.learn(names_in(kind.id, found))
            return


def _user(reader: ClusterReader) -> list[str]:
    """Whom the cluster takes us for, unless every cluster has such a user."""
    who = reader.status.identity
    return [who] if who and not who.startswith(_OF_SYSTEM) else []


class NamedClusters:
    """Clusters whose names are known before anything else is told of them."""

    def __init__(self, clusters: ClusterSource, naming: Naming) -> None:
        self._clusters = clusters
        self._naming = naming

    @property
    def current(self) -> str:
        """As `ClusterSource.current` says."""
        return self._clusters.current

    @property
    def statuses(self) -> tuple[ClusterStatus, ...]:
        """As `ClusterSource.statuses` says."""
        return self._clusters.statuses

    async def open(self, name: str) -> ClusterReader:
        """As `ClusterSource.open` says."""
        reader = await self._clusters.open(name)
        await self._naming.learn(reader)
        return reader


async def _all(works: Iterable[Coroutine[None, None, None]]) -> None:
    """Do them all to their end; then the first failure counts."""
    for result in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def is_stock(manifest: Manifest) -> bool:
    """Whether every cluster has the object, so that its name tells nothing."""
    return (
        text_at(manifest, "metadata.namespace") in STOCK_NAMESPACES
        or text_at(manifest, "metadata.name").startswith(("system:", "system-"))
        or _BOOTSTRAPPED in mapping_at(manifest, "metadata.labels")
    )


def names_in(kind_id: str, manifest: Manifest) -> Iterator[str]:
    """Every name in an object: its own, those that it refers to, of images, hosts and applications."""
    yield text_at(manifest, "metadata.name")
    labels = mapping_at(manifest, "metadata.labels")
    yield from (str(labels[label]) for label in _NAMING_LABELS if label in labels)
    yield from (text_at(manifest, path) for path in ("spec.externalName", "spec.serviceName"))
    yield from texts_at(manifest, "spec.hostnames")
    for host in (*mappings_at(manifest, "spec.rules"), *mappings_at(manifest, "spec.listeners")):
        yield from (text_at(host, "host"), text_at(host, "hostname"))
    if path := TEMPLATE_PATHS.get(kind_id):
        yield from _names_of_pod(mapping_at(manifest, path))


def _names_of_pod(spec: Manifest) -> Iterator[str]:
    yield text_at(spec, "serviceAccountName")
    yield from (reference.name for reference in references_of(spec))
    for container in (*mappings_at(spec, "initContainers"), *mappings_at(spec, "containers")):
        yield text_at(container, "name")
        yield from _names_of_image(text_at(container, "image"))


def _names_of_image(image: str) -> Iterator[str]:
    """`registry.acme.example`, `team` and `web` of `registry.acme.example/team/web:1`; of `nginx:1` none."""
    parts = _TAG.sub("", image).split("/")
    if len(parts) > 1 and parts[0] != _OPEN_REGISTRY:
        yield from (part for part in (parts[0].partition(":")[0], *parts[1:]) if part not in _OPEN_HOSTS)

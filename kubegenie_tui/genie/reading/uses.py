"""What refers to what: what a workload needs, and who needs a Secret, a ConfigMap, a claim, an account or a Service."""

import asyncio
import re
from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.diagnostics.ingresses import KIND as INGRESSES
from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.selectors import matches
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.ingress import backend_services
from kubegenie_tui.domain.relations.link import Relation
from kubegenie_tui.domain.relations.links import links_of
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS
from kubegenie_tui.genie.reading.objects import detail
from kubegenie_tui.genie.reading.refusals import Refusals
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope, word_of

_NEEDED = frozenset({Relation.SECRET, Relation.CONFIG, Relation.STORAGE, Relation.ACCOUNT})
_WORKLOADS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch")


class Use(msgspec.Struct, frozen=True):
    """One reference."""

    ref: ObjectRef
    """The other end: what is needed, or who needs it."""
    how: str
    """The field that says so."""


async def needs_of(scope: Scope, kind_name: str, name: str, namespace: str | None = None) -> Result:
    """Secrets, ConfigMaps, claims and the service account that the pods of a workload need.

    Raises:
        UsageError, ClusterError: as `resolve`.
    """
    kind = scope.kind(kind_name)
    ref = await resolve(scope, kind, name, namespace)
    manifest = await scope.reader.get(kind, ref.name, ref.namespace)
    needs = list(dict.fromkeys(_needs(kind.id, manifest)))
    summary = f"{len(needs)} references of {word_of(kind, 1)} {ref.name}"
    return _result(scope, ref, summary, needs)


async def users_of(scope: Scope, kind_name: str, name: str, namespace: str | None = None) -> Result:
    """Workloads, Services and Ingresses that refer to an object, as far as their specs say.

    Raises:
        UsageError, ClusterError: as `resolve`.
    """
    kind = scope.kind(kind_name)
    ref = await resolve(scope, kind, name, namespace)
    refusals = Refusals()
    there = dict(await _gathered(scope, ref.namespace, refusals))
    refusals.require_some()
    if kind.id in _WORKLOADS:
        subject = next((item for item in there.get(kind.id, ()) if text_at(item, "metadata.name") == ref.name), {})
        users = [
            Use(_ref("services", item), "spec.selector") for item in _selecting(there.get("services", ()), subject)
        ]
        services = [use.ref for use in users]
    else:
        users, services = [], [ref] if kind.id == "services" else []
    for service in services:
        users += _callers(there, service)
    users += [use for kind_id, items in there.items() for item in items for use in _uses(kind_id, item, ref)]
    users = list(dict.fromkeys(use for use in users if (use.ref.kind, use.ref.name) != (ref.kind, ref.name)))
    summary = f"{len(users)} users of {word_of(kind, 1)} {ref.name}"
    return _result(scope, ref, summary, users, refusals.words)


async def _gathered(scope: Scope, namespace: str, refusals: Refusals) -> list[tuple[str, list[Manifest]]]:
    async def read(kind_id: str) -> tuple[str, list[Manifest]]:
        return kind_id, await refusals.items(scope, scope.kind(kind_id), namespace)

    return list(await asyncio.gather(*(read(kind_id) for kind_id in (*_WORKLOADS, "services", INGRESSES))))


def _needs(kind_id: str, manifest: Manifest) -> Iterator[Use]:
    for link in links_of(kind_id, manifest):
        if link.relation in _NEEDED and (link.ref.kind, link.ref.name) != ("serviceaccounts", "default"):
            yield Use(link.ref, link.how)


def _uses(kind_id: str, item: Manifest, wanted: ObjectRef) -> Iterator[Use]:
    """Why an object refers to the wanted one."""
    if kind_id in _WORKLOADS:
        for need in _needs(kind_id, item):
            if (need.ref.kind, need.ref.name) == (wanted.kind, wanted.name):
                yield Use(_ref(kind_id, item), need.how)
    for template in mappings_at(item, "spec.volumeClaimTemplates"):
        name = text_at(template, "metadata.name")
        made = rf"{re.escape(name)}-{re.escape(text_at(item, 'metadata.name'))}-\d+"
        if wanted.kind == "persistentvolumeclaims" and re.fullmatch(made, wanted.name):
            yield Use(_ref(kind_id, item), f"volumeClaimTemplates[{name}]")
    certificates = [text_at(tls, "secretName") for tls in mappings_at(item, "spec.tls")]
    if kind_id == INGRESSES and wanted.kind == "secrets" and wanted.name in certificates:
        yield Use(_ref(kind_id, item), "spec.tls")


def _callers(there: dict[str, list[Manifest]], service: ObjectRef) -> Iterator[Use]:
    """Ingresses that lead to a Service, and workloads with its host name in their environment."""
    for item in there.get(INGRESSES, ()):
        if service.name in backend_services(item):
            yield Use(_ref(INGRESSES, item), "spec.rules")
    host = re.compile(rf"(?<![\w.-]){re.escape(service.name)}(?=[:./]|$)(?!\.[a-z]+/)")
    for kind_id in _WORKLOADS:
        for item in there.get(kind_id, ()):
            for container in mappings_at(item, f"{TEMPLATE_PATHS[kind_id]}.containers"):
                for variable in mappings_at(container, "env"):
                    if host.search(text_at(variable, "value")):
                        yield Use(_ref(kind_id, item), f"env[{text_at(variable, 'name')}]")


def _selecting(services: Iterable[Manifest], workload: Manifest) -> list[Manifest]:
    labels = labels_of(mapping_at(workload, "spec.template"))
    return [service for service in services if matches(mapping_at(service, "spec.selector"), labels)]


def _ref(kind_id: str, item: Manifest) -> ObjectRef:
    return ObjectRef(kind_id, text_at(item, "metadata.name"), text_at(item, "metadata.namespace"))


def _result(scope: Scope, ref: ObjectRef, summary: str, uses: list[Use], unread: str = "") -> Result:
    lines = [f"cluster {scope.reader.name}: {ref}: {summary}", *(f"{use.ref}: {use.how}" for use in uses)]
    lines += [unread] if unread else []
    return Result(summary, "\n".join(lines), uses, detail(ref), unread)

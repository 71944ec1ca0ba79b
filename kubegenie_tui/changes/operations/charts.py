"""Installing and upgrading a Helm release: what helm is about to do, object by object, so that a person can judge it.

The objects are those that helm renders. What becomes of one that is there already is worked out as helm does it (a
three-way apply, or a server-side one in its name), and tried by the server like any other change. That the plan is
carried out by helm says `Plan.helm`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from kubegenie_tui.changes.operations.helm import MANAGER, is_kept, live_object, objects_of, owned
from kubegenie_tui.changes.three_way import carried_over, merge_patch
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.helm import SECRET_TYPE, Release, Revision
from kubegenie_tui.domain.helm_run import HelmRun, Hook, Rendered
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb
from kubegenie_tui.kube.helm import HISTORY

AT_ONCE = 8
"""Objects that are read together."""
_POLICY, _AGAIN = "helm.sh/hook-delete-policy", "before-hook-creation"
_MOST_NAMED = 3
Installed = tuple[Revision, Release]


async def release_plan(
    cluster: ClusterReader, run: HelmRun, rendered: Rendered, revisions: Sequence[Revision], installed: Installed | None
) -> Plan:
    """What helm will do, as a plan that helm carries out.

    Args:
        cluster: where.
        run: what helm is to do.
        rendered: what it says it would make.
        revisions: every revision of the release that is kept, the newest last; none before an installation.
        installed: the one that is in force, or the last when none is.

    Raises:
        UsageError: a release of this name is there already; or a manifest cannot be read, or has a kind that the
            cluster does not serve.
        ClusterError: the server cannot be asked.
    """
    if run.verb == "install" and revisions:
        where = f"{run.namespace}/{run.release}"
        raise UsageError(f"There is a release {where} already", next_step="upgrade it, or choose another name")
    releasing = _Releasing(cluster, run, rendered)
    steps = [step async for step in releasing.steps(installed)]
    steps += _kept_steps(cluster.name, run, rendered, revisions, installed[0] if installed else None)
    before = installed[1].chart if installed else ""
    title = {
        "": f"Install {rendered.chart} as release {run.namespace}/{run.release} by helm",
        rendered.chart: f"Upgrade release {run.namespace}/{run.release} by helm: {before} with other values",
    }.get(before, f"Upgrade release {run.namespace}/{run.release} by helm from {before} to {rendered.chart}")
    shown = msgspec.structs.replace(run, revision=rendered.revision, manifest=rendered.manifest)
    return Plan(title, cluster.name, tuple(steps), about=run.release, disrupts=releasing.told, helm=shown)


class _Releasing:
    """The objects of one release, and what becomes of each."""

    def __init__(self, cluster: ClusterReader, run: HelmRun, rendered: Rendered) -> None:
        self._cluster = cluster
        self._run = run
        self._rendered = rendered
        self._live: dict[ObjectRef, Manifest | None] = {}
        self._defined: list[str] = []

    @property
    def told(self) -> str:
        """What the steps alone do not tell of it, once they are known."""
        kinds = f"it defines kinds that outlive the release: {_some(self._defined)}" if self._defined else ""
        return "; ".join(filter(None, (_hooks_run(self._run, self._rendered), kinds)))

    async def steps(self, installed: Installed | None) -> AsyncIterator[Step]:
        """In helm's order: what must be there first, hooks, objects, what is no longer wanted, hooks."""
        want = await self._objects(self._rendered.manifest)
        have = await self._objects(installed[1].manifest) if installed else {}
        async for step in self._first():
            yield step
        async for step in self._hooks("pre"):
            yield step
        for ref, manifest in want.items():
            if step_wanted := self._step(ref, have.get(ref), owned(manifest, self._run.namespace, self._run.release)):
                yield step_wanted
        for ref, manifest in reversed(have.items()):
            if ref not in want and not is_kept(manifest) and self._live[ref] is not None:
                yield Step(Verb.DELETE, ref, propagation="Background")
        async for step in self._hooks("post"):
            yield step

    async def _objects(self, text: str) -> dict[ObjectRef, Manifest]:
        """The objects of a manifest; each has been looked for then."""
        found = await asyncio.to_thread(objects_of, self._cluster, text, self._run.namespace)
        objects = dict(found.values())
        await self._look(objects)
        return objects

    async def _look(self, objects: Mapping[ObjectRef, Manifest]) -> None:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(ref: ObjectRef, manifest: Manifest) -> None:
            async with turn:
                self._live[ref] = await live_object(self._cluster, ref, text_at(manifest, "apiVersion"))

        await asyncio.gather(*(one(*each) for each in objects.items() if each[0] not in self._live))

    def _step(self, ref: ObjectRef, old: Manifest | None, new: Manifest) -> Step | None:
        live = self._live[ref]
        if live is None:
            return Step(Verb.CREATE, ref, new)
        patch = merge_patch(live, carried_over(live, old or {}, new))
        if patch and self._rendered.by_server:
            return Step(Verb.APPLY, ref, new, manager=MANAGER)
        return Step(Verb.PATCH, ref, patch, api_version=text_at(new, "apiVersion")) if patch else None

    async def _first(self) -> AsyncIterator[Step]:
        """The namespace and the definitions of kinds, where they are missing; an upgrade makes neither."""
        if self._run.verb == "upgrade":
            return
        name = self._run.namespace
        namespace = ObjectRef("namespaces", name, "", self._cluster.name)
        metadata = {"name": name, "labels": {"name": name}}
        objects = {namespace: {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}}
        await self._look(objects)
        definitions = await self._objects(self._rendered.definitions)
        self._defined = [ref.name for ref in definitions if self._live[ref] is None]
        for ref, manifest in (objects | definitions).items():
            if self._live[ref] is None:
                yield Step(Verb.CREATE, ref, manifest, wait=False)

    async def _hooks(self, when: str) -> AsyncIterator[Step]:
        """What helm makes for a while. What is left of the last time goes first, unless the chart says otherwise."""
        for hook in _hooks_of(self._run, self._rendered, when):
            for ref, manifest in (await self._objects(hook.manifest)).items():
                policy = mapping_at(manifest, "metadata.annotations").get(_POLICY, _AGAIN)
                if self._live[ref] is not None and _AGAIN in str(policy):
                    yield Step(Verb.DELETE, ref, propagation="Background", wait=False)
                yield Step(Verb.CREATE, ref, manifest, wait=False)


def _kept_steps(
    cluster: str, run: HelmRun, rendered: Rendered, revisions: Sequence[Revision], current: Revision | None
) -> list[Step]:
    """What helm writes down of it: the new revision, that the one before is superseded, and no more than it keeps."""

    def secret(number: int) -> ObjectRef:
        return ObjectRef("secrets", f"sh.helm.release.v1.{run.release}.v{number}", run.namespace, cluster)

    made = secret(rendered.revision)
    labels = {"owner": "helm", "name": run.release, "version": str(rendered.revision), "status": "deployed"}
    metadata = {"name": made.name, "namespace": made.namespace, "labels": labels}
    body = {"apiVersion": "v1", "kind": "Secret", "type": SECRET_TYPE, "metadata": metadata}
    surplus = max(0, len(revisions) - HISTORY + 1)
    old = [each for each in revisions if current is None or each.number != current.number][:surplus]
    steps = [Step(Verb.DELETE, secret(each.number), wait=False) for each in old]
    steps.append(Step(Verb.CREATE, made, body, wait=False))
    if current is not None:
        patch = {"metadata": {"labels": {"status": "superseded"}}}
        steps.append(Step(Verb.PATCH, secret(current.number), patch, wait=False))
    return steps


def _hooks_of(run: HelmRun, rendered: Rendered, when: str) -> list[Hook]:
    wanted = [hook for hook in rendered.hooks if f"{when}-{run.verb}" in hook.events]
    return sorted(wanted, key=lambda hook: (hook.weight, hook.name))


def _hooks_run(run: HelmRun, rendered: Rendered) -> str:
    names = [f"{hook.kind} {hook.name}" for when in ("pre", "post") for hook in _hooks_of(run, rendered, when)]
    return f"it runs hooks of the chart: {_some(names)}" if names else ""


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"

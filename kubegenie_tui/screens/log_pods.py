"""Finds the containers whose logs make up a view, and those of pods that come later."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import NamedTuple

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import Invalid, KubeGenieError, NotFound
from kubegenie_tui.domain.live import Changes
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.summary_section import selector
from kubegenie_tui.screens.log_feed import PODS

SETTLE = 0.5
"""Seconds in which several new pods lead to one look."""


class Found(NamedTuple):
    """Pods that were found, and those of their containers that are to be read."""

    pods: list[Manifest]
    sources: list[LogSource]
    new: bool
    """Whether they came after the first look: their logs are then of interest from the beginning."""
    errors: tuple[KubeGenieError, ...] = ()
    """Why some of what was named is not among them."""
    cluster: str = ""
    """Where they are, when there are several clusters."""


class LogPods:
    """The pods of a target, now and as they come."""

    def __init__(
        self,
        source: ClusterReader,
        target: LogTarget,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._target = target
        self._sleep = sleep
        self._selectors: dict[ObjectRef, str] = {}
        self._seen: set[str] = set()
        """The uids of the pods of the namespaces that were looked at."""
        self._came = asyncio.Event()

    async def run(self) -> AsyncIterator[Found]:
        """What there is, then whatever comes; it ends when nothing can come.

        Raises:
            ClusterError: nothing of what was named can be read.
        """
        pods, errors = await self._pods()
        if errors and not pods:
            raise errors[0]
        yield self._found(pods, new=False)._replace(errors=tuple(errors))
        namespaces = set() if self._target.previous else set(self._changing(pods))
        if not namespaces:
            return
        leases = [self._source.watch(PODS, each) for each in sorted(namespaces)]
        for lease in leases:
            self._seen.update(lease.live.rows)
        self._seen.update(text_at(pod, "metadata.uid") for pod in pods)
        stops = [lease.live.subscribe(self._note) for lease in leases]
        try:
            while True:
                await self._came.wait()
                await self._sleep(SETTLE)
                self._came.clear()
                known = {text_at(pod, "metadata.uid") for pod in pods}
                pods = await self._pods_again(pods)
                came = [pod for pod in pods if text_at(pod, "metadata.uid") not in known]
                if came:
                    yield self._found(came, new=True)
        finally:
            for stop in stops:
                stop()
            for lease in leases:
                lease.release()

    def _changing(self, pods: list[Manifest]) -> Iterator[str]:
        """The namespaces where pods that are meant can appear: a workload's, or one that takes another's name."""
        for ref in self._target.refs:
            if ref.kind != "pods":
                yield ref.namespace
        for pod in pods:
            owners = mappings_at(pod, "metadata.ownerReferences")
            if any(text_at(owner, "kind") == "StatefulSet" for owner in owners):
                yield text_at(pod, "metadata.namespace")

    def _note(self, changes: Changes) -> None:
        if changes.upserted.keys() - self._seen:
            self._seen.update(changes.upserted)
            self._came.set()

    def _found(self, pods: list[Manifest], *, new: bool) -> Found:
        return Found(pods, [source for pod in pods for source in self._target.sources_of(pod)], new)

    async def _pods_again(self, pods: list[Manifest]) -> list[Manifest]:
        found, errors = await self._pods()
        return pods if errors else found  # the next pod that comes leads to another look

    async def _pods(self) -> tuple[list[Manifest], list[KubeGenieError]]:
        """The pods, and why some of what was named could not be read."""
        looks = await asyncio.gather(*(self._look(ref) for ref in self._target.refs))
        pods = [pod for look in looks if not isinstance(look, KubeGenieError) for pod in look]
        errors = [look for look in looks if isinstance(look, KubeGenieError)]
        unique = {text_at(pod, "metadata.uid") or text_at(pod, "metadata.name"): pod for pod in pods}
        return list(unique.values()), errors

    async def _look(self, ref: ObjectRef) -> list[Manifest] | KubeGenieError:
        try:
            return await self._pods_of(ref)
        except KubeGenieError as error:
            return error

    async def _pods_of(self, ref: ObjectRef) -> list[Manifest]:
        if ref.kind == "pods":
            return await self._pod(ref)
        labels = self._selectors.get(ref) or await self._selector(ref)
        self._selectors[ref] = labels
        found = await self._source.list_objects(PODS, ref.namespace, label_selector=labels, limit=0)
        return found.items

    async def _pod(self, ref: ObjectRef) -> list[Manifest]:
        """One pod; when it cannot be read its log may be nevertheless, or says itself what stands in the way."""
        try:
            return [await self._source.get(PODS, ref.name, ref.namespace)]
        except NotFound:
            return [] if not self._target.is_one_pod else [_unread(ref)]
        except KubeGenieError:
            if not self._target.is_one_pod:
                raise
            return [_unread(ref)]

    async def _selector(self, ref: ObjectRef) -> str:
        manifest = await self._source.get(self._source.kinds.resolve(ref.kind), ref.name, ref.namespace)
        labels = selector(mapping_at(manifest, "spec"), "selector")
        if not labels:
            raise Invalid(f"{ref.words} selects no pods", "it has no selector", "open the log of a pod")
        return labels


def _unread(ref: ObjectRef) -> Manifest:
    return {"metadata": {"name": ref.name, "namespace": ref.namespace}}

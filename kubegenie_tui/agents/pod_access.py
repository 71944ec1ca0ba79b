"""Reaching into a pod: every process that is started or attached to is put on record first, as a change would be."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from kubegenie_tui.changes.audit import Audit, Entry, local_actor
from kubegenie_tui.domain.errors import ClusterError, KubeGenieError, NotFound, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Tier

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.kube.streams.process import Process

SHELL = (
    "sh",
    "-c",
    "TERM=xterm-256color; export TERM; if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi",
)
"""The better of the shells that an image may have; the one that is missing leaves no word on the screen."""


class Session:
    """A process in a pod, and its place in the audit log."""

    def __init__(self, process: "Process", audit: Audit, intent: int) -> None:
        self.process = process
        self.began = time.monotonic()
        self._audit = audit
        self._intent = intent

    async def end(self) -> None:
        """Hang up, and note what came of it.

        Raises:
            StoreError: it could not be noted.
        """
        outcome = self.process.outcome
        await self.process.close()
        message = "left while it ran" if outcome is None else outcome.message
        result = "done" if outcome is None or outcome.code is not None else "failed"
        await self._audit.conclude(self._intent, result, 0, message, (time.monotonic() - self.began) * 1000)


class PodAccess:
    """Sessions in the pods of one cluster."""

    def __init__(self, agent: "ClusterAgent", audit: Callable[[], Awaitable[Audit]], asked_by: str = "person") -> None:
        """Nothing is opened yet.

        Args:
            agent: the cluster's.
            audit: opens the log.
            asked_by: as in an audit entry.
        """
        self._agent = agent
        self._audit = audit
        self._asked_by = asked_by

    async def shell(self, pod: ObjectRef, container: str) -> Session:
        """A shell with a terminal.

        Raises:
            UsageError: the cluster is read-only.
            StoreError: it cannot be put on record.
            ClusterError, CredentialError, KubeconfigError: as `execute`.
        """
        return await self.execute(pod, container, SHELL, stdin=True, terminal=True, title="Shell in")

    async def execute(
        self,
        pod: ObjectRef,
        container: str,
        command: Sequence[str],
        *,
        stdin: bool,
        terminal: bool,
        title: str,
        writes: bool = True,
    ) -> Session:
        """A command; one that only reads is allowed in a read-only cluster, too.

        Raises:
            UsageError, StoreError: as `shell`.
            ClusterError, CredentialError, KubeconfigError: the server refuses, or it cannot be asked.
        """
        from kubegenie_tui.kube.streams.process import execute

        client = self._agent.client
        return await self._recorded(
            "exec",
            f"{title} {_place(pod, container)}",
            pod,
            writes,
            lambda: execute(client, pod, container, command, stdin=stdin, terminal=terminal),
        )

    async def attach(self, pod: ObjectRef, container: str, *, stdin: bool, terminal: bool) -> Session:
        """The program that the container runs.

        Raises:
            UsageError, StoreError, ClusterError, CredentialError, KubeconfigError: as `execute`.
        """
        from kubegenie_tui.kube.streams.process import attach

        client = self._agent.client
        return await self._recorded(
            "attach",
            f"Attach to {_place(pod, container)}",
            pod,
            True,
            lambda: attach(client, pod, container, stdin=stdin, terminal=terminal),
        )

    async def _recorded(
        self, subresource: str, title: str, pod: ObjectRef, writes: bool, start: "Callable[[], Awaitable[Process]]"
    ) -> Session:
        if writes and self._agent.status.read_only:
            what = f"{self._agent.name} is read-only"
            raise UsageError(what, "a process in a pod could change anything", "open it without read-only to do this")
        audit = await self._audit()
        intent = await audit.intend(await self._entry(subresource, title, pod))
        try:
            return Session(await start(), audit, intent)
        except KubeGenieError as error:
            code = error.code if isinstance(error, ClusterError) else 0
            await audit.conclude(intent, "failed", code, str(error))
            raise

    async def _entry(self, subresource: str, title: str, pod: ObjectRef) -> Entry:
        from kubegenie_tui.kube.reviews import whoami

        name, groups = "", tuple[str, ...]()
        try:
            found = await whoami(self._agent.client)
            name, groups = found.username, found.groups
        except NotFound:
            name = self._agent.context.user_name  # servers before 1.28 cannot say
        return Entry(
            at=time.time(),
            actor=local_actor(),
            identity=name,
            groups=groups,
            asked_by=self._asked_by,
            cluster=self._agent.name,
            verb="create",
            kind="pods",
            namespace=pod.namespace,
            name=pod.name,
            uid="",
            subresource=subresource,
            plan=title,
            diff_hash="",
            tier=Tier.DISRUPTIVE,
            how="asked for",
        )


def _place(pod: ObjectRef, container: str) -> str:
    return f"container {container} of {pod.words}" if container else pod.words

"""What our rows say equals what the server prints for kubectl: every kind with a shape, every column in common."""

import asyncio
import json
import re
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from kubernetes import client, utils, watch

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.row import Cell, Column, Measure, Row
from kubegenie_tui.domain.shapes import SHAPED
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.reflector import Reflector
from kubegenie_tui.kube.watch.sync_memory import SyncMemory
from tests.cluster.faults import pod_spec
from tests.cluster.joining import joined
from tests.cluster.shapes_story import STORY
from tests.control_plane import ControlPlane
from tests.official import ask

pytestmark = pytest.mark.cluster

KINDS = [KindIndex(BUILTIN_KINDS).resolve(kind_id) for kind_id in SHAPED]
AT_LEAST = 10.0
"""Seconds of change that are compared."""
WITHIN = 100.0
AS_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
NOTHING = {"<none>", "<unset>", "<unknown>", ""}
STATES = {
    "pods": {
        "CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError", "InvalidImageName", "Pending", "Running",
        "SchedulingGated", "Completed", "Error", "Terminating", "Init:CrashLoopBackOff",
    },
    "jobs.batch": {"Complete", "Failed", "Running", "Suspended"},
    "persistentvolumeclaims": {"Bound", "Pending"},
    "nodes": {"Ready"},
    "namespaces": {"Active"},
}  # fmt: skip
"""Words of STATUS that must have been compared."""
ALIKE = {"configmaps": 1, "namespaces": 1, "networkpolicies.networking.k8s.io": 1, "serviceaccounts": 0}
"""How many columns are in common at least, where that is not 2."""


class Compared:
    """What has been compared so far, and what was not equal."""

    def __init__(self) -> None:
        self.objects: dict[str, set[str]] = defaultdict(set)
        self.columns: dict[str, set[str]] = defaultdict(set)
        self.words: dict[str, set[str]] = defaultdict(set)
        self.restarted = False
        self.wrong: set[str] = set()

    def table(self, kind: Kind, live: LiveRows, table: Any) -> None:
        """Compare the rows whose versions agree."""
        titles = [column["name"].upper() for column in table["columnDefinitions"]]
        for printed in table["rows"] or ():
            meta = printed["object"]["metadata"]
            row = live.rows.get(meta["uid"])
            if row is not None and row.version == meta["resourceVersion"]:
                self._row(kind.id, live.columns, row, dict(zip(titles, printed["cells"], strict=True)))

    def _row(self, kind: str, columns: tuple[Column, ...], row: Row, printed: dict[str, Any]) -> None:
        self.objects[kind].add(row.uid)
        ours = {column.title: (column.measure, cell) for column, cell in zip(columns, row.cells, strict=True)}
        ours["AGE"] = (Measure.AGE, row.created)
        for title in ours.keys() & printed.keys():
            self.columns[kind].add(title)
            theirs, (measure, cell) = str(printed[title]), ours[title]
            if not self._same(title, measure, cell, theirs, ours):
                self.wrong.add(f"{kind} {row.name} {title}: {cell!r} for {theirs!r}")
        self.words[kind].add(str(printed.get("STATUS")))

    def _same(self, title: str, measure: Measure, cell: Cell, theirs: str, ours: dict[str, Any]) -> bool:
        if measure is Measure.AGE:
            return same_age(cell, theirs)
        if title == "RESTARTS" and (told := re.fullmatch(r"(\d+) \((.+) ago\)", theirs)):
            self.restarted = True
            return str(cell) == told[1] and same_age(ours["LAST RESTART"][1], told[2])
        if title == "KERNEL-VERSION":
            theirs = theirs.partition(" (")[0]  # the architecture has a column of its own here
        if title == "DURATION" and cell is None:
            return True  # of a job that runs: it would not stay true
        return str(cell) == theirs or (theirs in NOTHING and (cell is None or str(cell) in NOTHING))

    def missing(self) -> list[str]:
        """What must still be compared."""
        found = [f"{kind.id}: no object" for kind in KINDS if not self.objects[kind.id]]
        found += [f"{kind}: {words - self.words[kind]}" for kind, words in STATES.items() if words - self.words[kind]]
        return [*found, *([] if self.restarted else ["a restart"])]


def same_age(moment: Cell, theirs: str) -> bool:
    """Whether `3m20s` was true of that moment within the last seconds."""
    if theirs in NOTHING:
        return not moment
    passed = int(time.time()) - int(moment or 0)
    return theirs in {format_age(max(0, passed - slack)) for slack in range(-1, 5)}


@pytest.fixture
def told(official: client.ApiClient) -> Iterator[str]:
    """A namespace in which the story happens."""
    name = f"shapes-{uuid.uuid4().hex[:8]}"
    core = client.CoreV1Api(official)
    core.create_namespace({"metadata": {"name": name}})
    for manifest in STORY:
        utils.create_from_dict(official, manifest, namespace=name)
    leaving = {
        "metadata": {"name": "leaving", "annotations": {"sim/stop-after": "1h"}},
        "spec": {**pod_spec("nginx:1.27"), "terminationGracePeriodSeconds": 3600},
    }
    core.create_namespaced_pod(name, leaving)
    running = watch.Watch().stream(
        core.list_namespaced_pod, name, field_selector="metadata.name=leaving", timeout_seconds=60
    )
    assert any(event["object"].status.phase == "Running" for event in running)
    core.delete_namespaced_pod("leaving", name)
    yield name
    core.delete_namespaced_pod("leaving", name, grace_period_seconds=0)
    core.delete_namespace(name, propagation_policy="Background")


@asynccontextmanager
async def reflected(plane: ControlPlane, namespace: str) -> AsyncIterator[dict[str, LiveRows]]:
    async with joined(plane) as ours:
        mode, gate = SyncMemory(), ClusterGate()
        reflectors = [
            Reflector(ours, kind, namespace if kind.namespaced else "", mode=mode, gate=gate) for kind in KINDS
        ]
        running = [asyncio.create_task(reflector.run()) for reflector in reflectors]
        try:
            yield {reflector.kind.id: reflector.live for reflector in reflectors}
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)


def printed(official: client.ApiClient, kind: Kind, namespace: str) -> Any:
    """The Table that kubectl would print."""
    return json.loads(ask(official, "GET", kind.path(namespace), {"Accept": AS_TABLE}))


async def test_rows_say_what_the_server_prints(
    control_plane: ControlPlane, official: client.ApiClient, told: str
) -> None:
    compared, began = Compared(), time.monotonic()
    async with reflected(control_plane, told) as rows:
        while not compared.wrong and (passed := time.monotonic() - began) < WITHIN:
            if not (missing := compared.missing()) and passed > AT_LEAST:
                break
            for kind in KINDS:
                table = await asyncio.to_thread(printed, official, kind, told if kind.namespaced else "")
                compared.table(kind, rows[kind.id], table)
    assert not compared.wrong, "\n".join(sorted(compared.wrong))
    assert not missing
    few = {kind: columns for kind, columns in compared.columns.items() if len(columns - {"AGE"}) < ALIKE.get(kind, 2)}
    assert not few

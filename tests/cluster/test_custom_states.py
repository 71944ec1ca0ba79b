"""What real kinds of operators say of themselves, as a real API server keeps it, and what a diagnosis makes of it."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object
from tests.cluster.gated import Gating
from tests.cluster.rule_parts import LONG_AGO
from tests.cluster.test_custom_kinds import CRDS, served
from tests.control_plane import ControlPlane

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(not CRDS.is_dir(), reason="needs real definitions beside the repository"),
]
DEFINITIONS = {
    "backups": "cloudnative-pg/postgresql.cnpg.io_backups.yaml",
    "orders": "cert-manager/acme.cert-manager.io_orders.yaml",
    "analysisruns": "argo-rollouts/argoproj.io_analysisruns.yaml",
    "gitrepositories": "flux/source.toolkit.fluxcd.io_gitrepositories.yaml",
}
PATIENCE, PAUSE = 60.0, 1.0
NIGHTLY = {"cnpg.io/cluster": "db"}
SOURCE = {"url": "https://git.example.com/shop", "interval": "1m"}
ORDER = {"issuerRef": {"name": "ca"}, "request": "eA==", "dnsNames": ["shop.example.com"]}


def at(seconds_ago: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds_ago))


def told(name: str, state: str, reason: str, message: str) -> Object:
    return {"type": name, "status": state, "reason": reason, "message": message, "lastTransitionTime": LONG_AGO}


def made(plural: str, name: str, spec: Object, status: Object, **metadata: Any) -> tuple[str, Object]:
    return plural, {"metadata": {"name": name, **metadata}, "spec": spec, "status": status}


DONE = {"cluster": {"name": "db"}}
WRITTEN = (
    made("backups", "monday", DONE, {"phase": "failed", "error": "old", "stoppedAt": at(7_200)}, labels=NIGHTLY),
    made("backups", "tuesday", DONE, {"phase": "completed", "stoppedAt": at(3_600)}, labels=NIGHTLY),
    made("backups", "by-hand", DONE, {"phase": "failed", "error": "no space left", "stoppedAt": at(3_600)}),
    made("orders", "shop", ORDER, {"state": "errored", "reason": "the domain is refused", "failureTime": at(600)}),
    made("orders", "valid", ORDER, {"state": "valid"}),
    made("analysisruns", "canary", {"metrics": []}, {"phase": "Error", "message": "no such metric"}),
    made("analysisruns", "good", {"metrics": []}, {"phase": "Successful"}),
    made("gitrepositories", "lost", SOURCE, {"conditions": [told("Ready", "False", "Failed", "no such branch")]}),
    made("gitrepositories", "held", {**SOURCE, "suspend": True},
         {"conditions": [told("Ready", "False", "Failed", "no such branch")]}),
)  # fmt: skip
FOUND = {"by-hand": "no space left", "shop": "is refused", "canary": "no such metric", "lost": "no such branch"}


async def test_what_is_unwell_is_told_and_what_is_over_or_suspended_is_not(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    read = {plural: yaml.safe_load((CRDS / path).read_text(encoding="utf-8")) for plural, path in DEFINITIONS.items()}
    async with Gating(control_plane, tmp_path) as gated, served(official, gated.agent, *read.values()):
        for plural, body in WRITTEN:
            _make(official, read[plural], namespace, body)
        scope, deadline = Scope(gated.agent, Focus(gated.agent.name, ""), Redactor()), time.monotonic() + PATIENCE
        found: dict[str, str] = {}
        while set(found) != set(FOUND) and time.monotonic() < deadline:
            result = await diagnose_scope(scope, namespace)
            found = {each.root.name: each.cause for each in result.data.findings if each.severity >= Severity.WARNING}
            await asyncio.sleep(PAUSE)
    assert set(found) == set(FOUND), found
    assert all(words in found[name] for name, words in FOUND.items()), found


def _make(official: client.ApiClient, definition: Object, namespace: str, body: Object) -> None:
    """The object, then its status, as its controller would write it."""
    spec = definition["spec"]
    version = next(each["name"] for each in spec["versions"] if each["storage"])
    where = (spec["group"], version, namespace, spec["names"]["plural"])
    custom = client.CustomObjectsApi(official)
    whole = {"apiVersion": f"{spec['group']}/{version}", "kind": spec["names"]["kind"], **body}
    custom.create_namespaced_custom_object(*where, {key: value for key, value in whole.items() if key != "status"})
    name, status = body["metadata"]["name"], {"status": body["status"]}
    if any("status" in (each.get("subresources") or {}) for each in spec["versions"]):
        custom.patch_namespaced_custom_object_status(*where, name, status)
    else:
        custom.patch_namespaced_custom_object(*where, name, status)

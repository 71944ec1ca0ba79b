import hashlib
import hmac
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes.audit import Audit, Entry
from kubegenie_tui.changes.audit_export import cef_line, exported, kubernetes_event, ocsf_event
from kubegenie_tui.store.store import Store
from tests.unit.changes.entries import SCALED, entry

INTENT = entry(seq=1)
RESULT = entry(seq=2, phase="result", intent=1, result="done", code=200, latency_ms=250.0, at=SCALED.at + 1)
FAILED = entry(seq=2, phase="result", intent=1, result="failed", code=409, message="a = b | c\nd \\ e")


async def told(audit: Audit, form: str) -> list[Any]:
    return [msgspec.json.decode(line) async for line in exported(audit, form)]


async def test_jsonl_is_the_log_as_it_was_sealed(audit: Audit, tmp_path: Path) -> None:
    await audit.conclude(await audit.intend(SCALED), "done", 200)
    key, before = (tmp_path / "data" / "audit.key").read_bytes(), bytes(32)
    async for line in exported(audit, "jsonl"):
        sealed = re.fullmatch(r'\{"seq":\d+,"hash":"([0-9a-f]{64})","entry":(.*)\}', line)
        assert sealed is not None
        before = hmac.new(key, before + sealed[2].encode(), hashlib.sha256).digest()
        assert before.hex() == sealed[1]


async def test_what_is_damaged_is_still_told(audit: Audit, store: Store) -> None:
    await audit.intend(SCALED)
    await store._database.fetch("DROP TRIGGER audit_no_update")
    await store._database.fetch("UPDATE audit SET entry = '{\"at'")
    assert (await told(audit, "jsonl"))[0]["entry"] == '{"at'
    assert await told(audit, "k8s") == []
    assert await told(audit, "ocsf") == []


def test_an_event_of_kubernetes() -> None:
    arrived, ended = kubernetes_event(INTENT), kubernetes_event(RESULT)
    assert arrived["auditID"] == ended["auditID"]
    assert (arrived["stage"], ended["stage"]) == ("RequestReceived", "ResponseComplete")
    assert (ended["kind"], ended["apiVersion"], ended["level"]) == ("Event", "audit.k8s.io/v1", "Metadata")
    assert ended["requestURI"] == "/apis/apps/v1/namespaces/shop/deployments/checkout/scale"
    assert ended["user"] == {"username": "platform-admin", "groups": ["system:masters", "system:authenticated"]}
    assert ended["objectRef"] == {
        "resource": "deployments",
        "namespace": "shop",
        "name": "checkout",
        "uid": "6f3b",
        "apiGroup": "apps",
        "apiVersion": "v1",
        "subresource": "scale",
    }
    assert ended["responseStatus"] == {"metadata": {}, "code": 200, "message": ""}
    assert "responseStatus" not in arrived
    assert ended["requestReceivedTimestamp"] == "2025-11-26T08:00:00.750000Z"
    assert ended["stageTimestamp"] == "2025-11-26T08:00:01.000000Z"
    assert ended["annotations"]["kubegenie/plan"] == SCALED.plan
    assert all(isinstance(value, str) for value in ended["annotations"].values())


@pytest.mark.parametrize(
    ("written", "verb", "uri"),
    [
        (entry(verb="apply", subresource=""), "patch", "/apis/apps/v1/namespaces/shop/deployments/checkout"),
        (entry(verb="create", kind="configmaps", subresource=""), "create", "/api/v1/namespaces/shop/configmaps"),
        (
            entry(verb="create", kind="pods", subresource="eviction"),
            "create",
            "/api/v1/namespaces/shop/pods/checkout/eviction",
        ),
        (entry(kind="certificates.cert-manager.io"), "patch", ""),
    ],
)
def test_the_request_as_the_server_saw_it(written: Entry, verb: str, uri: str) -> None:
    event = kubernetes_event(written)
    assert (event["verb"], event["requestURI"]) == (verb, uri)


REQUIRED = {
    "activity_id", "category_uid", "class_uid", "type_uid", "time", "severity_id",
    "metadata", "actor", "api", "src_endpoint",
}  # fmt: skip
"""Of API Activity and the base event of OCSF."""


@pytest.mark.parametrize(
    ("verb", "activity", "name"),
    [
        ("create", 1, "Create"),
        ("apply", 3, "Update"),
        ("patch", 3, "Update"),
        ("update", 3, "Update"),
        ("delete", 4, "Delete"),
    ],
)
def test_an_api_activity_of_ocsf(verb: str, activity: int, name: str) -> None:
    event = ocsf_event(entry(verb=verb, seq=1), RESULT)
    assert event.keys() >= REQUIRED
    assert (event["class_uid"], event["category_uid"], event["type_uid"]) == (6003, 6, 600300 + activity)
    assert event["activity_name"] == name
    assert (event["status"], event["status_code"], event["duration"]) == ("Success", "200", 250)
    assert event["time"] == 1_764_144_000_000
    assert event["api"]["operation"] == f"{verb}/deployments.apps/scale"
    assert event["resources"][0]["name"] == "checkout"
    assert event["src_endpoint"]["hostname"] == "desk"


def test_an_activity_whose_end_nobody_knows() -> None:
    event = ocsf_event(INTENT, None)
    assert (event["status_id"], event["status"]) == (0, "Unknown")
    assert "status_code" not in event
    assert ocsf_event(INTENT, FAILED)["status_id"] == 2


def test_a_line_of_cef_is_escaped() -> None:
    line = cef_line(entry(plan="Scale | up\nnow \\ then", seq=1), FAILED)
    assert "\n" not in line
    head = re.split(r"(?<!\\)\|", line)
    assert head[:3] == ["CEF:0", "KubeGenie", "KubeGenie"]
    assert head[4:7] == ["patch:deployments.apps", "Scale \\| up now \\\\ then", "3"]
    assert len(head[:7]) == 7
    assert "msg=a \\= b | c\\nd \\\\ e" in line
    assert "outcome=failure reason=409" in line
    assert "suser=platform-admin" in line
    assert "cs2Label=namespace cs2=shop" in line


def test_the_severity_of_cef_follows_the_tier() -> None:
    assert [cef_line(entry(tier=tier), None).split("|")[6] for tier in (1, 2, 3)] == ["3", "6", "9"]
    assert "outcome=unknown" in cef_line(INTENT, None)


async def test_a_change_is_told_once_with_its_result(audit: Audit) -> None:
    first = await audit.intend(entry(name="a"))
    await audit.intend(entry(name="b"))
    await audit.conclude(first, "done", 200)
    found = await told(audit, "ocsf")
    assert [(each["resources"][0]["name"], each["status"]) for each in found] == [("a", "Success"), ("b", "Unknown")]

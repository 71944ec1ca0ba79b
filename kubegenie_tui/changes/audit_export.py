"""The audit log in the forms that other tools read: one line of text an entry, or a change.

Sources: the Event of audit.k8s.io/v1 (k8s.io/apiserver/pkg/apis/audit/v1); class 6003, API Activity, of the Open
Cybersecurity Schema Framework (ocsf/ocsf-schema); ArcSight Common Event Format, implementation standard, version 0.
"""

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from kubegenie_tui import __version__
from kubegenie_tui.changes.audit import Audit, Entry, entry_of
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.store.audit import AuditRow

PRODUCT = "KubeGenie"
OCSF_VERSION = "1.3.0"
Object = dict[str, Any]
_PATHS = {kind.id: kind for kind in BUILTIN_KINDS}
_ACTIVITIES = {"create": (1, "Create"), "delete": (4, "Delete")}
_UPDATE = (3, "Update")
_STATUSES = {"done": (1, "Success"), "failed": (2, "Failure")}
_UNKNOWN = (0, "Unknown")
_SEVERITIES = {1: (1, "Informational"), 2: (2, "Low"), 3: (3, "Medium")}
"""By tier: how much a change can break, not whether it did."""


async def exported(audit: Audit, form: str) -> AsyncIterator[str]:
    """The whole log, oldest first, as lines in a form of FORMATS; entries that are damaged are only in `jsonl`.

    Raises:
        StoreError: the log cannot be read.
    """
    async for line in FORMATS[form](audit):
        yield line


async def _rows_as_json(audit: Audit) -> AsyncIterator[str]:
    async for row in audit.rows():
        yield row_as_json(row)


def row_as_json(row: AuditRow) -> str:
    """The entry byte for byte as it was sealed, so that who has the key can check it."""
    whole = entry_of(row) is not None
    entry = msgspec.Raw(row.entry) if whole else row.entry.decode("utf-8", "replace")
    return msgspec.json.encode({"seq": row.seq, "hash": row.hash.hex(), "entry": entry}).decode()


async def _entries_as_kubernetes(audit: Audit) -> AsyncIterator[str]:
    async for row in audit.rows():
        if entry := entry_of(row):
            yield msgspec.json.encode(kubernetes_event(entry)).decode()


async def _changes_as(write: Callable[[Entry, Entry | None], str], audit: Audit) -> AsyncIterator[str]:
    """Each change once its result is known; those whose result nobody knows at the end."""
    open_intents: dict[int, Entry] = {}
    async for row in audit.rows():
        entry = entry_of(row)
        if entry is None:
            continue
        if entry.phase == "intent":
            open_intents[entry.seq] = entry
        elif intent := open_intents.pop(entry.intent, None):
            yield write(intent, entry)
    for intent in open_intents.values():
        yield write(intent, None)


def kubernetes_event(entry: Entry) -> Object:
    """An entry as an API server would have logged the request: an intent is its arrival, a result its end."""
    first = entry.intent or entry.seq
    plural, _, group = entry.kind.partition(".")
    kind = _PATHS.get(entry.kind)
    target = {
        "resource": plural,
        "namespace": entry.namespace,
        "name": entry.name,
        "uid": entry.uid,
        "apiGroup": group,
        "apiVersion": kind.version if kind else "",
        "subresource": entry.subresource,
    }
    ended = {"responseStatus": {"metadata": {}, "code": entry.code, "message": entry.message}}
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{entry.actor}/{entry.cluster}/{first}/{entry.diff_hash}")),
        "stage": "RequestReceived" if entry.phase == "intent" else "ResponseComplete",
        "requestURI": _path_of(entry, kind) if kind else "",
        "verb": "patch" if entry.verb == "apply" else entry.verb,
        "user": {"username": entry.identity, "groups": list(entry.groups)},
        "userAgent": f"kubegenie/{__version__}",
        "objectRef": {name: value for name, value in target.items() if value},
        **(ended if entry.phase == "result" else {}),
        "requestReceivedTimestamp": _stamp(entry.at - entry.latency_ms / 1000),
        "stageTimestamp": _stamp(entry.at),
        "annotations": {f"kubegenie/{name}": value for name, value in _told(entry).items()},
    }


def _path_of(entry: Entry, kind: Kind) -> str:
    name = "" if entry.verb == "create" and not entry.subresource else entry.name
    return kind.path(entry.namespace, name, entry.subresource)


def _told(entry: Entry) -> dict[str, str]:
    """What no other format has a field for."""
    told = {
        "cluster": entry.cluster,
        "actor": entry.actor,
        "asked-by": entry.asked_by,
        "conversation": str(entry.conversation or ""),
        "plan": entry.plan,
        "tier": f"W{entry.tier}",
        "approved": entry.how,
        "diff-sha256": entry.diff_hash,
        "seq": str(entry.seq),
        "result": entry.result,
    }
    return {name: value for name, value in told.items() if value}


def ocsf_event(intent: Entry, result: Entry | None) -> Object:
    """A change as an API Activity."""
    severity, severity_name = _SEVERITIES[intent.tier]
    user, _, host = intent.actor.rpartition("@")
    resource = {"type": intent.kind, "name": intent.name, "uid": intent.uid, "namespace": intent.namespace}
    return {
        **_ocsf_class(intent.verb),
        "time": round(intent.at * 1000),
        "severity_id": severity,
        "severity": severity_name,
        **_ocsf_status(result),
        "message": intent.plan,
        "metadata": {
            "version": OCSF_VERSION,
            "product": {"name": PRODUCT, "vendor_name": PRODUCT, "version": __version__},
            "uid": str(intent.seq),
            "sequence": intent.seq,
        },
        "actor": {
            "user": {"name": intent.identity, "groups": [{"name": name} for name in intent.groups]},
            "app_name": PRODUCT,
        },
        "api": _ocsf_api(intent, result),
        "src_endpoint": {"hostname": host, "owner": {"name": user}},
        "resources": [{name: value for name, value in resource.items() if value}],
        "unmapped": _told(intent),
    }


def _ocsf_class(verb: str) -> Object:
    activity, name = _ACTIVITIES.get(verb, _UPDATE)
    return {
        "class_uid": 6003,
        "class_name": "API Activity",
        "category_uid": 6,
        "category_name": "Application Activity",
        "activity_id": activity,
        "activity_name": name,
        "type_uid": 6003 * 100 + activity,
        "type_name": f"API Activity: {name}",
    }


def _ocsf_status(result: Entry | None) -> Object:
    status, name = _STATUSES.get(result.result if result else "", _UNKNOWN)
    known = {"status_id": status, "status": name}
    if result is None:
        return known
    ended = {"status_code": str(result.code), "status_detail": result.message, "duration": round(result.latency_ms)}
    return known | ended


def _ocsf_api(intent: Entry, result: Entry | None) -> Object:
    group = intent.kind.partition(".")[2]
    return {
        "operation": "/".join(part for part in (intent.verb, intent.kind, intent.subresource) if part),
        "service": {"name": intent.cluster},
        **({"group": {"name": group}} if group else {}),
        **({"response": {"code": result.code, "message": result.message}} if result else {}),
    }


def cef_line(intent: Entry, result: Entry | None) -> str:
    """A change as one line of CEF."""
    head = ("CEF:0", PRODUCT, PRODUCT, __version__, f"{intent.verb}:{intent.kind}", intent.plan, str(intent.tier * 3))
    told = {name: value for name, value in _cef_fields(intent, result).items() if value}
    extension = " ".join(f"{name}={_cef_value(value)}" for name, value in told.items() if _has_value(name, told))
    return "|".join(_cef_head(part) for part in head) + f"|{extension}"


def _cef_fields(intent: Entry, result: Entry | None) -> dict[str, str]:
    user, _, host = intent.actor.rpartition("@")
    in_conversation = f" in conversation {intent.conversation}" if intent.conversation else ""
    outcome = {"done": "success", "failed": "failure"}.get(result.result if result else "", "unknown")
    return {
        "rt": str(round(intent.at * 1000)),
        "externalId": str(intent.seq),
        "act": intent.verb,
        "outcome": outcome,
        "reason": str(result.code) if result and result.code else "",
        "msg": result.message if result else "",
        "suser": intent.identity,
        "spriv": ",".join(intent.groups),
        "shost": host,
        "suid": user,
        "cs1Label": "cluster",
        "cs1": intent.cluster,
        "cs2Label": "namespace",
        "cs2": intent.namespace,
        "cs3Label": "object",
        "cs3": "/".join(part for part in (intent.kind, intent.name, intent.subresource) if part),
        "cs4Label": "uid",
        "cs4": intent.uid,
        "cs5Label": "approved",
        "cs5": f"{intent.how} (asked by {intent.asked_by}{in_conversation})",
        "cs6Label": "diffSha256",
        "cs6": intent.diff_hash,
        "cn1Label": "tier",
        "cn1": str(intent.tier),
    }


def _has_value(name: str, told: dict[str, str]) -> bool:
    """A label is of no use without what it labels."""
    return not name.endswith("Label") or name.removesuffix("Label") in told


def _cef_head(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def _cef_value(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("=", "\\=")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _ocsf_line(intent: Entry, result: Entry | None) -> str:
    return msgspec.json.encode(ocsf_event(intent, result)).decode()


FORMATS: dict[str, Callable[[Audit], AsyncIterator[str]]] = {
    "jsonl": _rows_as_json,
    "k8s": _entries_as_kubernetes,
    "ocsf": partial(_changes_as, _ocsf_line),
    "cef": partial(_changes_as, cef_line),
}

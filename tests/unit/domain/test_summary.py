"""Summaries say what a person needs to know, whatever the object, and never a secret."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.summary import _TELLERS, summarise
from kubegenie_tui.domain.summary_related import Related, related_to, runs_pods
from kubegenie_tui.domain.summary_section import Field, Summary
from kubegenie_tui.domain.text import plain
from tests.manifests import NOW, crashing_pod, stamp


def kind(kind_id: str, name: str = "Thing") -> Kind:
    plural, _, group = kind_id.partition(".")
    return Kind(group, "v1", plural, name)


def tell(kind_id: str, manifest: dict[str, Any], **more: Any) -> Summary:
    return summarise(kind(kind_id), manifest, now=NOW, **more)


def row(summary: Summary, label: str, title: str | None = None) -> Field:
    found = [
        row for part in summary.sections for row in part.rows if row.label == label and title in (None, part.title)
    ]
    assert found, f"no {label!r} in {[(part.title, [row.label for row in part.rows]) for part in summary.sections]}"
    return found[0]


def text_of(summary: Summary) -> str:
    return "\n".join(f"{row.label} {row.value}" for part in summary.sections for row in part.rows)


def test_a_crashing_pod_says_why() -> None:
    summary = tell("pods", crashing_pod())
    assert summary.status == Field("Status", "CrashLoopBackOff", Health.BAD)
    state = row(summary, "State", "Container app")
    assert (state.value, state.health) == ("Waiting · CrashLoopBackOff: back-off 5m0s restarting", Health.BAD)
    last = row(summary, "Last state")
    assert last.value == "Terminated · OOMKilled, exit code 137 (killed, SIGKILL), ran 40s, 60s ago"
    assert last.health is Health.BAD
    assert row(summary, "Restarts").value == "14"
    ready = row(summary, "Ready", "Conditions")
    assert (ready.value, ready.health) == ("False · ContainersNotReady: unready: [app]", Health.WARN)
    assert row(summary, "PodScheduled") == Field("PodScheduled", "True · for 41m")
    assert row(summary, "State", "Init container migrate").health is Health.OK


def test_a_pod_says_what_it_is_made_of() -> None:
    summary = tell("pods", crashing_pod())
    expected = {
        "Owner": "ReplicaSet/checkout-58d1b",
        "Node": "node-3 (10.0.0.3)",
        "Image": "migrate:1",
        "Command": "serve --port=8080",
        "Ports": "http 8080/TCP",
        "Requests": "cpu 100m · memory 128Mi",
        "Readiness probe": "http GET :8080/ready · every 5s, timeout 1s, fails after 3",
        "Env": "LOG_LEVEL",
        "Env, secret": "checkout-db: DATABASE_URL ← url",
        "Env, field": "POD_IP ← status.podIP",
        "Env, configmap": "checkout (optional): every key",
        "Mount": "/etc/app ← config (read only)",
        "config": "configmap checkout",
        "tmp": "empty directory",
        "gpu": "NoSchedule",
        "app": "checkout",
        "QoS class": "Burstable",
    }
    assert {label: row(summary, label).value for label in expected} == expected
    assert row(summary, "note").value.endswith("… (+180 characters)")
    assert "hunter2" not in text_of(summary), "a literal value may be a password"
    assert "not-ready" not in text_of(summary)


def test_a_healthy_pod_has_nothing_to_colour() -> None:
    pod = crashing_pod()
    pod["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
    pod["status"]["containerStatuses"] = [
        {"name": "app", "ready": True, "restartCount": 0, "state": {"running": {"startedAt": stamp(300)}}}
    ]
    summary = tell("pods", pod)
    assert row(summary, "State", "Container app").value == "Running for 5m"
    assert all(row.health is Health.OK for part in summary.sections for row in part.rows)


def test_events_newest_first_warnings_marked() -> None:
    events = [
        {"type": "Normal", "reason": "Pulled", "message": "pulled", "lastTimestamp": stamp(500)},
        {"type": "Warning", "reason": "BackOff", "message": "back-off", "count": 9, "lastTimestamp": stamp(20)},
    ]
    part = tell("pods", crashing_pod(), events=events).sections[-3]
    assert part.title == "Events"
    assert part.rows == (
        Field("BackOff", "back-off · ×9 · 20s ago", Health.WARN),
        Field("Pulled", "pulled · 8m20s ago", Health.OK),
    )


def test_a_deployment_lists_its_pods_worst_first() -> None:
    healthy = crashing_pod()
    healthy["metadata"]["name"] = "a-healthy"
    healthy["status"]["containerStatuses"][0] |= {"ready": True, "restartCount": 0, "state": {"running": {}}}
    healthy["spec"].pop("initContainers")
    deployment = {
        "metadata": {"name": "checkout", "namespace": "shop"},
        "spec": {
            "replicas": 3,
            "paused": True,
            "selector": {"matchLabels": {"app": "checkout"}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
            "template": {"spec": {"containers": [{"name": "app", "image": "checkout:2"}]}},
        },
        "status": {"readyReplicas": 2, "updatedReplicas": 1},
    }
    summary = tell("deployments.apps", deployment, related=[healthy, crashing_pod()])
    assert row(summary, "Ready") == Field("Ready", "2 of 3 replicas", Health.WARN)
    assert row(summary, "Strategy").value == "RollingUpdate, at most 25% more, at most 0 fewer"
    assert row(summary, "Paused").health is Health.PAUSED
    pods = next(part for part in summary.sections if part.title == "Pods (2)")
    assert [pod.label for pod in pods.rows] == ["checkout-58d1b-q7wzn", "a-healthy"]
    assert pods.rows[0].value == "CrashLoopBackOff · 0/1 ready · 14 restarts · 41m · node-3"
    assert row(summary, "Image", "Container app").value == "checkout:2"


def test_a_service_with_nothing_behind_it_says_so() -> None:
    service = {"spec": {"type": "ClusterIP", "clusterIP": "10.0.0.1", "ports": [{"port": 80, "targetPort": "http"}]}}
    assert row(tell("services", service), "Behind it") == Field(
        "Behind it", "nothing: no pod matches the selector", Health.BAD
    )
    unready = {"endpoints": [{"addresses": ["10.1.1.1"], "conditions": {"ready": False}, "targetRef": {"name": "p"}}]}
    summary = tell("services", service, related=[unready])
    assert row(summary, "Behind it").value == "nothing: none of 1 endpoint is ready"
    assert row(summary, "p") == Field("p", "10.1.1.1 · not ready", Health.WARN)
    assert row(summary, "80").value == "80/TCP → http"


def test_a_secret_tells_keys_and_sizes_only() -> None:
    value = base64.b64encode(b"hunter2").decode()
    secret = {"kind": "Secret", "type": "Opaque", "data": {"password": value}}
    summary = tell("secrets", secret)
    assert row(summary, "password").value == "••• 7 bytes"
    assert value not in text_of(summary)


def test_a_config_map_shows_short_values_and_sizes_of_long_ones() -> None:
    summary = tell("configmaps", {"data": {"mode": "fast\n", "big": "a\n" * 600}, "binaryData": {"b": "AAAA"}})
    assert row(summary, "mode").value == "fast"
    assert row(summary, "big").value == "1Ki, 600 lines"
    assert row(summary, "b").value == "3 bytes"


def test_a_node_sums_up_what_its_pods_ask_for() -> None:
    node = {
        "metadata": {"name": "node-1", "labels": {"node-role.kubernetes.io/control-plane": ""}},
        "spec": {"unschedulable": True, "taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]},
        "status": {
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "conditions": [
                {"type": "MemoryPressure", "status": "True", "reason": "KubeletHasInsufficientMemory"},
                {"type": "DiskPressure", "status": "False"},
                {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"},
            ],
        },
    }
    summary = tell("nodes", node, related=[crashing_pod(), crashing_pod()])
    assert row(summary, "Roles").value == "control-plane"
    assert row(summary, "Cordoned").health is Health.WARN
    assert row(summary, "gpu=yes").value == "NoSchedule"
    assert row(summary, "cpu").value == "200m asked for (5%) of 4000m"
    assert row(summary, "memory").value == "256Mi asked for (3%) of 8.0Gi"
    assert row(summary, "pods").value == "2 asked for (2%) of 110"
    assert row(summary, "MemoryPressure").health is Health.WARN
    assert row(summary, "DiskPressure").health is Health.OK
    assert row(summary, "Ready").health is Health.UNKNOWN


RULE = {"verbs": ["get", "list"], "resources": ["pods"], "apiGroups": [""]}
ABOUT = {"kind": "Pod", "name": "a", "namespace": "n"}
DEEP = {"size": 3, "deep": {"er": {"est": {"a": 1}}}, "list": [{"a": 1}]}
NIGHTLY = {"schedule": "0 3 * * *", "timeZone": "Europe/Paris"}


@pytest.mark.parametrize(
    ("kind_id", "manifest", "label", "value"),
    [
        ("statefulsets.apps", {"spec": {"replicas": 0}}, "Ready", "0 of 0 replicas"),
        ("daemonsets.apps", {"status": {"desiredNumberScheduled": 3, "numberReady": 3}}, "Ready", "3 of 3 nodes"),
        ("jobs.batch", {"status": {"failed": 2}, "spec": {"backoffLimit": 6}}, "Failed", "2 pods, of 6 retries"),
        ("cronjobs.batch", {"spec": NIGHTLY}, "Schedule", "0 3 * * * Europe/Paris"),
        ("persistentvolumeclaims", {"status": {"phase": "Pending"}}, "Phase", "Pending"),
        ("namespaces", {"status": {"phase": "Terminating"}}, "Phase", "Terminating"),
        ("events", {"type": "Warning", "involvedObject": ABOUT}, "About", "Pod n/a"),
        ("roles.rbac.authorization.k8s.io", {"rules": [RULE]}, "get, list", "pods"),
        ("widgets.example.com", {"spec": DEEP}, "deep.er.est", "1 field"),
        ("widgets.example.com", {"spec": {"tags": ["a", "b"]}}, "tags", "a, b"),
    ],
)
def test_kinds_in_a_line(kind_id: str, manifest: dict[str, Any], label: str, value: str) -> None:
    assert row(tell(kind_id, manifest), label).value == value


def test_an_ingress_and_an_autoscaler() -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    ingress = {"spec": {"rules": [{"host": "a.example", "http": {"paths": [{"path": "/api", "backend": backend}]}}]}}
    assert row(tell("ingresses.networking.k8s.io", ingress), "a.example/api").value == "→ service web:80"
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 70}}}
    current = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 91}}}
    scaler = {
        "spec": {"maxReplicas": 8, "metrics": [metric], "scaleTargetRef": {"kind": "Deployment", "name": "web"}},
        "status": {"currentReplicas": 8, "desiredReplicas": 8, "currentMetrics": [current]},
    }
    summary = tell("horizontalpodautoscalers.autoscaling", scaler)
    assert row(summary, "cpu").value == "91% of 70%"
    assert row(summary, "Replicas").health is Health.WARN
    assert row(summary, "Scales").value == "Deployment/web"


def test_an_object_being_deleted_says_what_it_waits_for() -> None:
    metadata = {"deletionTimestamp": stamp(120), "finalizers": ["example.com/hold"]}
    summary = tell("configmaps", {"metadata": metadata})
    assert row(summary, "Deleted") == Field("Deleted", "asked for 2m ago", Health.WARN)
    assert row(summary, "Finalizers").health is Health.WARN


def test_what_to_list_beside_an_object() -> None:
    metadata = {"name": "web", "namespace": "shop"}
    spec = {
        "selector": {
            "matchLabels": {"app": "web", "tier": "x"},
            "matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["a", "b"]}],
        }
    }
    pods = related_to(kind("deployments.apps"), {"metadata": metadata, "spec": spec})
    assert pods == Related("pods", "shop", "app=web,tier=x,env notin (a,b)")
    assert related_to(kind("deployments.apps"), {"metadata": metadata}) is None, "never every pod of the namespace"
    assert related_to(kind("nodes"), {"metadata": {"name": "n1"}}) == Related("pods", "", "", "spec.nodeName=n1")
    assert related_to(kind("pods"), {"metadata": metadata}) is None
    assert runs_pods(kind("pods"))
    assert not runs_pods(kind("services"))


KEYS = ["spec", "status", "metadata", "template", "containers", "name", "state", "data", "rules", "endpoints"]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("\x1b[31m[bold]\u202e"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=4),
    max_leaves=30,
)


@given(st.sampled_from(sorted(_TELLERS)), st.dictionaries(st.sampled_from(KEYS), JUNK))
def test_any_junk_is_told_safely(kind_id: str, manifest: dict[str, Any]) -> None:
    summary = tell(kind_id, manifest, related=[manifest], events=[manifest])
    for part in summary.sections:
        for line in part.rows:
            assert plain(line.value) == line.value
            assert plain(line.label) == line.label
        assert plain(part.title) == part.title

"""Configurations of Prometheus that it refuses or that give it nothing to do, and those that are well."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import Object, Scene, container, named

SERVERS, AGENTS = "prometheuses.monitoring.coreos.com", "prometheusagents.monitoring.coreos.com"
MONITORS = "podmonitors.monitoring.coreos.com"
RULE = "prometheus-configuration"
WELL = "scrape_configs:\n- job_name: self\n  static_configs:\n  - targets: ['localhost:9090']\n"
RELABELLED = "  relabel_configs:\n  - source_labels: [x]\n    regex: y\n    action: "


def prometheus(
    text: str, *args: str, key: str = "prometheus.yml", image: str = "quay.io/prom/prometheus:v3", **mount: str
) -> Scene:
    volumes = [{"name": "config", "configMap": {"name": "metrics"}}]
    mounts = [{"name": "config", "mountPath": "/etc/prometheus"} | mount]
    made = container(image=image, args=list(args), volumeMounts=mounts)
    scene = Scene(spec={"containers": [made], "volumes": volumes})
    return scene.add("configmaps", named("metrics", "ConfigMap", data={key: text}))


def operated(kind: str = SERVERS, monitor: Object | None = None, /, **spec: Any) -> Scene:
    """What the operator runs, and one monitor of the label `team=shop`."""
    scene = Scene().add("namespaces", named("shop", "Namespace", ""), named("infra", "Namespace", ""))
    monitor = monitor or named("web", "PodMonitor", metadata={"labels": {"team": "shop"}}, spec={"selector": {}})
    made = named("main", "Prometheus" if kind == SERVERS else "PrometheusAgent", spec=spec)
    return scene.add(MONITORS, monitor).add(kind, made)


def team(name: str) -> Object:
    return {"matchLabels": {"team": name}}


ELSEWHERE = named("web", "PodMonitor", "infra", metadata={"labels": {"team": "shop"}}, spec={"selector": {}})
FAULTS: tuple[Fault, ...] = (
    (lambda: prometheus("scrape_configs:\n- job_name: [a\n"), RULE, "configmaps metrics", "no YAML"),
    (lambda: prometheus("just words"), RULE, "configmaps metrics", "no mapping"),
    (lambda: prometheus("global: {}\n"), RULE, "configmaps metrics", "no scrape_configs"),
    (lambda: prometheus(WELL + "- job_name: self\n"), RULE, "configmaps metrics", 'called "self"'),
    (lambda: prometheus(WELL + "- scheme: https\n"), RULE, "configmaps metrics", "no job_name"),
    (lambda: prometheus(WELL + RELABELLED + "kep\n"), RULE, "configmaps metrics", 'there is "keep"'),
    (lambda: prometheus("global: {}\n", "--config.file=/etc/prometheus/own.yml", key="own.yml"), RULE,
     "configmaps metrics", "no scrape_configs"),
    (lambda: prometheus("global: {}\n", key="own", mountPath="/etc/prometheus/prometheus.yml", subPath="own"), RULE,
     "configmaps metrics", "no scrape_configs"),
    (lambda: operated(podMonitorSelector=team("sohp")), RULE, f"{SERVERS} main", "podMonitorSelector"),
    (lambda: operated(AGENTS, podMonitorSelector=team("sohp")), RULE, f"{AGENTS} main", "podMonitorSelector"),
    (lambda: operated(SERVERS, ELSEWHERE, podMonitorSelector={}), RULE, f"{SERVERS} main", "podMonitorSelector"),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: prometheus(WELL), RULE),
    (lambda: prometheus(WELL + RELABELLED + "Keep\n"), RULE),
    (lambda: prometheus("scrape_config_files: ['/etc/p/*.yml']\n"), RULE),
    (lambda: prometheus("global: {}\n", "--web.enable-remote-write-receiver"), RULE),
    (lambda: prometheus("groups: []\n", key="alerts.yml"), RULE),
    (lambda: prometheus("global: {}\n", image="quay.io/prom/prometheus-adapter:v1"), RULE),
    (lambda: prometheus("{{ template }}", "--config.file=/etc/made/prometheus.yml"), RULE),
    (operated, RULE),
    (lambda: operated(podMonitorSelector=team("shop")), RULE),
    (lambda: operated(podMonitorSelector={}), RULE),
    (lambda: operated(SERVERS, ELSEWHERE, podMonitorSelector={}, podMonitorNamespaceSelector={}), RULE),
    (lambda: operated(podMonitorSelector=team("sohp"), serviceMonitorSelector={}), RULE),
    (lambda: operated(podMonitorSelector=team("sohp"), additionalScrapeConfigs={"name": "own", "key": "k"}), RULE),
    (lambda: operated(podMonitorSelector=team("sohp"), enableRemoteWriteReceiver=True), RULE),
)


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_a_prometheus_that_has_nothing_to_do_may_be_meant_so() -> None:
    for scene in (prometheus("global: {}\n"), operated(podMonitorSelector=team("sohp"))):
        assert [found.severity for found in scene.findings()] == [Severity.NOTICE]

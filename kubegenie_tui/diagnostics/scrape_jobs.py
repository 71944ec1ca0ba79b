"""Prometheus whose configuration it refuses, or that has nothing to scrape.

Sources: https://prometheus.io/docs/prometheus/latest/configuration/configuration/, and the operator's API reference,
Prometheus and PrometheusAgent: without any selector their configuration is a person's own.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.calls import workloads
from kubegenie_tui.diagnostics.monitors import MONITORS, POD_MONITORS
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at, value_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.relations.label_selector import selects

_RULE = "prometheus-configuration"
_FILE, _PATH = "--config.file=", "/etc/prometheus/prometheus.yml"
_IS_SENT = ("remote-write-receiver", "otlp-receiver", "otlp-write-receiver")
"""Flags of those that others write to."""
_ACTIONS = (
    "replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase", "keepequal",
    "dropequal",
)  # fmt: skip
_SERVERS = ("prometheuses.monitoring.coreos.com", "prometheusagents.monitoring.coreos.com")
_SELECTED = {
    "serviceMonitor": MONITORS,
    "podMonitor": POD_MONITORS,
    "probe": "probes.monitoring.coreos.com",
    "scrapeConfig": "scrapeconfigs.monitoring.coreos.com",
}
"""By the beginnings of fields of the operator's objects."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """By the ConfigMap that a Prometheus reads, or by what the operator selects for it."""
    for workload in workloads(snapshot):
        for container in mappings_at(workload.pod_spec, "containers"):
            if _is_prometheus(text_at(container, "image")):
                yield from _of_container(snapshot, workload, container)
    for kind in _SERVERS:
        for item in snapshot.all(kind):
            if _finds_nothing(snapshot, kind, item):
                yield _idle(kind, item)


def _is_prometheus(image: str) -> bool:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0] == "prometheus"


def _of_container(snapshot: Snapshot, workload: Workload, container: Manifest) -> Iterator[Finding]:
    flags = texts_at(container, "args")
    path = next((flag.removeprefix(_FILE) for flag in flags if flag.startswith(_FILE)), _PATH)
    for name, key in _mounted(workload, container, path):
        config = snapshot.get("configmaps", workload.ref.namespace, name)
        text = mapping_at(config, "data").get(key)
        if config is not None and isinstance(text, str) and (fault := _fault(text, flags)) is not None:
            yield _finding(workload, config, f"data[{key}]", *fault)


def _mounted(workload: Workload, container: Manifest, path: str) -> Iterator[tuple[str, str]]:
    """The ConfigMap and the key of it that a file of a container is; what is made from one on the way is not."""
    volumes = {
        text_at(each, "name"): mapping_at(each, "configMap") for each in mappings_at(workload.pod_spec, "volumes")
    }
    for mount in mappings_at(container, "volumeMounts"):
        config, where = volumes.get(text_at(mount, "name"), {}), PurePosixPath(text_at(mount, "mountPath"))
        file = text_at(mount, "subPath") if str(where) == path else str(PurePosixPath(path).name)
        keys = {text_at(each, "path"): text_at(each, "key") for each in mappings_at(config, "items")}
        if config and path in (str(where), str(where / file)):
            yield text_at(config, "name"), keys.get(file, file)


def _finding(workload: Workload, config: Manifest, field: str, severity: Severity, why: str, step: str) -> Finding:
    ref = ref_of("configmaps", config)
    what = "is refused" if severity >= Severity.WARNING else "has no scrape jobs"
    return Finding(
        _RULE, severity, f"{workload.word}: the configuration of Prometheus {what}", why, ref, field,
        (fact("configmaps", config, field, why),), (ref, workload.ref), 0.9, (step,),
    )  # fmt: skip


def _fault(text: str, flags: list[str]) -> tuple[Severity, str, str] | None:
    """Severity, cause and next step."""
    import yaml

    try:
        told = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" in line {line + 1}" if isinstance(line, int) else ""
        return Severity.WARNING, f"it is no YAML: {getattr(error, 'problem', None) or 'broken'}{where}", "correct it"
    if not isinstance(told, dict):
        return Severity.WARNING, "it is empty, or no mapping", "write its scrape_configs"
    if (why := _refused(told)) is not None:
        return Severity.WARNING, why, "correct it: a running Prometheus keeps the one before, a new one does not start"
    is_sent = any(word in flag for flag in flags for word in _IS_SENT)
    if is_sent or told.get("scrape_configs") or told.get("scrape_config_files"):
        return None
    return Severity.NOTICE, "it has no scrape_configs: nothing is measured", "write down what is to be scraped"


def _refused(told: dict[str, Any]) -> str | None:
    jobs = mappings_at(told, "scrape_configs")
    names = Counter(text_at(job, "job_name") for job in jobs)
    if names[""]:
        return "a job of scrape_configs has no job_name"
    if twice := next((name for name, count in names.items() if count > 1), ""):
        return f'two jobs of scrape_configs are called "{twice}"'
    for job in jobs:
        for part in ("relabel_configs", "metric_relabel_configs"):
            for rule in mappings_at(job, part):
                action = text_at(rule, "action")
                if action and action.lower() not in _ACTIONS:
                    near = did_you_mean(nearest(action.lower(), _ACTIONS))
                    return f'{part} of the job {text_at(job, "job_name")} has an action "{action}"{near}'
    return None


def _finds_nothing(snapshot: Snapshot, kind: str, item: Manifest) -> bool:
    """Whether it is certain that the operator gives it no job."""
    spec, used = mapping_at(item, "spec"), 0
    for word, selected in _SELECTED.items():
        selector = spec.get(f"{word}Selector")
        if not isinstance(selector, dict):
            continue
        used += 1
        spaces = _spaces(snapshot, item, spec.get(f"{word}NamespaceSelector"))
        if spaces is None or not all(snapshot.is_whole(selected, space) for space in spaces):
            return False
        if any(not selector or selects(selector, labels_of(each)) for each in _within(snapshot, selected, spaces)):
            return False
    is_sent = value_at(spec, "enableRemoteWriteReceiver") is True or mapping_at(spec, "otlp")
    return bool(used) and not is_sent and not spec.get("additionalScrapeConfigs")


def _within(snapshot: Snapshot, kind: str, spaces: set[str]) -> Iterator[Manifest]:
    return (each for space in spaces for each in snapshot.within(kind, space))


def _spaces(snapshot: Snapshot, item: Manifest, selector: Any) -> set[str] | None:
    """The namespaces it looks into: its own without a selector; None where not all of them are here."""
    if not isinstance(selector, dict):
        return {text_at(item, "metadata.namespace")}
    if snapshot.only_namespaces or not snapshot.all("namespaces"):
        return None
    return {
        text_at(space, "metadata.name")
        for space in snapshot.all("namespaces")
        if not selector or selects(selector, labels_of(space))
    }


def _idle(kind: str, item: Manifest) -> Finding:
    ref = ref_of(kind, item)
    fields = [f"{word}Selector" for word in _SELECTED if isinstance(value_at(item, f"spec.{word}Selector"), dict)]
    evidence = tuple(fact(kind, item, f"spec.{field}") for field in fields)
    return Finding(
        _RULE, Severity.NOTICE, f"{text_at(item, 'kind').lower()} {ref.name} has no scrape jobs",
        f"{', '.join(fields)} select nothing that is there", ref, f"spec.{fields[0]}", evidence, (ref,), 0.85,
        ("select the labels of the monitors, or label them",),
    )  # fmt: skip

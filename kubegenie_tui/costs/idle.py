"""Namespaces that ask for much and use next to nothing."""

from collections import defaultdict
from collections.abc import Iterator

from kubegenie_tui.costs.world import World, key_of, requested
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.domain.quantity import format_bytes, format_cpu, parse_time

CPU_HOUR, GB_HOUR = 0.031611, 0.004237
"""US dollars for a core and for a GB, an hour. Source: OpenCost, configs/default.json."""
IDLE = 0.01
"""Of the CPU that is asked for: below that nothing is done there."""
LEAST_CPU = 0.25
"""Cores: what asks for less is not worth a word."""
SETTLED_SECONDS = 7 * 86_400
"""What is younger may not have begun yet."""
SYSTEM = ("kube-system", "kube-public", "kube-node-lease")


def idle_namespaces(world: World, now: float) -> Iterator[Advice]:
    """Namespaces whose pods are a week old at least and use less than a hundredth of the CPU that they ask for."""
    asked: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    young: set[str] = set()
    for pod in world.running:
        namespace, used = text_at(pod, "metadata.namespace"), world.usage.get(key_of(pod))
        created = parse_time(text_at(pod, "metadata.creationTimestamp") or "1970-01-01T00:00:00Z")
        if used is None or now - created < SETTLED_SECONDS:
            young.add(namespace)
            continue
        cpu, memory = requested(pod)
        for at, amount in enumerate((cpu, memory, used[0] / 1000)):
            asked[namespace][at] += amount
    for namespace, (cpu, memory, used_cpu) in sorted(asked.items()):
        if namespace in young or namespace in SYSTEM or cpu < LEAST_CPU or used_cpu >= cpu * IDLE:
            continue
        yield Advice(
            "idle-namespace",
            f"Namespace {namespace} does next to nothing",
            ObjectRef("namespaces", namespace),
            (
                f"{format_cpu(cpu * 1000)} CPU and {format_bytes(memory)} are asked for",
                f"{format_cpu(used_cpu * 1000)} CPU is used now; no pod is younger than a week",
            ),
            monthly(cpu * CPU_HOUR + memory / 2**30 * GB_HOUR),
            "scale its workloads to 0, and see whether anybody misses them",
            tuple(_to_nothing(world, namespace)),
        )


def _to_nothing(world: World, namespace: str) -> Iterator[Step]:
    for kind in ("deployments.apps", "statefulsets.apps"):
        for each in world.all(kind):
            if text_at(each, "metadata.namespace") == namespace and (each.get("spec") or {}).get("replicas", 1):
                ref = ObjectRef(kind, text_at(each, "metadata.name"), namespace)
                yield Step(Verb.PATCH, ref, {"spec": {"replicas": 0}})

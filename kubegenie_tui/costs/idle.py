"""Namespaces that ask for much and use next to nothing, at every look of a day at least."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from kubegenie_tui.costs.shares import share_of
from kubegenie_tui.costs.world import World, key_of, requested
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.domain.quantity import format_bytes, format_cpu, parse_time

IDLE = 0.01
"""Of the CPU that is asked for: below that nothing is done there."""
LEAST_CPU = 0.25
"""Cores: what asks for less is not worth a word."""
SETTLED_SECONDS = 7 * 86_400
"""What is younger may not have begun yet, and what ran a Job since does something."""
SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
_RUNS = ("status.completionTime", "status.startTime", "status.lastScheduleTime", "status.lastSuccessfulTime")


class _Quiet(msgspec.Struct, frozen=True):
    """A namespace that used next to nothing whenever it was looked at."""

    name: str
    pods: Sequence[Manifest]
    cpu: float
    """Cores that are asked for."""
    memory: float
    """Bytes that are asked for."""


def idle_namespaces(world: World, now: float) -> Iterator[Advice]:
    """Namespaces whose pods are a week old at least and never used a hundredth of the CPU that they ask for.

    Looked at over a day at least; one that ran a Job in the last week does something.
    """
    for each in _quiet(world, now):
        if not _why_not(world, each.name, now):
            yield _advice(world, each)


def not_called_idle(world: World, now: float) -> Iterator[str]:
    """Which namespaces use next to nothing and are not called idle, and why, a line for each reason."""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for each in _quiet(world, now):
        if why := _why_not(world, each.name, now):
            reasons[why].append(each.name)
    for why, names in reasons.items():
        yield f"Next to nothing is used, and it is not called idle, in {', '.join(names)}: {why}"


def last_run(world: World, namespaces: Collection[str]) -> tuple[float, str]:
    """When a Job last ran in some namespaces, seconds since the epoch, and its name; zero for never."""
    runs = [
        (parse_time(moment), f"{word} {key_of(each)}")
        for kind, word in (("jobs.batch", "Job"), ("cronjobs.batch", "CronJob"))
        for each in world.all(kind)
        if text_at(each, "metadata.namespace") in namespaces
        for path in _RUNS
        if (moment := text_at(each, path))
    ]
    return max(runs, default=(0.0, ""))


def recent_run(world: World, namespaces: Collection[str], now: float) -> str:
    """Which Job ran there in the last week, in words; empty for none."""
    at, name = last_run(world, namespaces)
    if now - at >= SETTLED_SECONDS:
        return ""
    return f"{name} ran on {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC, less than a week ago"


def runs_in_words(world: World, namespaces: Collection[str]) -> str:
    """When a Job last ran there, for what did not in the last week."""
    if not world.knows("jobs.batch") or not world.knows("cronjobs.batch"):
        return "Jobs could not be looked at"
    at, name = last_run(world, namespaces)
    return (
        f"{name} ran last, on {datetime.fromtimestamp(at, UTC):%Y-%m-%d}" if name else "no Job that is there ever ran"
    )


def scaled_to_nothing(world: World, namespaces: Collection[str]) -> Iterator[Step]:
    """What takes all pods of workloads away, and can be undone."""
    for kind in ("deployments.apps", "statefulsets.apps"):
        for each in world.all(kind):
            namespace = text_at(each, "metadata.namespace")
            if namespace in namespaces and (each.get("spec") or {}).get("replicas", 1):
                yield Step(
                    Verb.PATCH, ObjectRef(kind, text_at(each, "metadata.name"), namespace), {"spec": {"replicas": 0}}
                )


def _quiet(world: World, now: float) -> Iterator[_Quiet]:
    pods: defaultdict[str, list[Manifest]] = defaultdict(list)
    young: set[str] = set()
    used: defaultdict[str, float] = defaultdict(float)
    for pod in world.running:
        namespace, found = text_at(pod, "metadata.namespace"), world.usage.get(key_of(pod))
        created = parse_time(text_at(pod, "metadata.creationTimestamp") or "1970-01-01T00:00:00Z")
        if found is None or now - created < SETTLED_SECONDS:
            young.add(namespace)
            continue
        pods[namespace].append(pod)
        used[namespace] += found[0]
    for namespace, there in sorted(pods.items()):
        sizes = [requested(pod) for pod in there]
        cpu, memory = sum(each for each, _ in sizes), sum(each for _, each in sizes)
        most = max(used[namespace], world.looked.most(namespace)) / 1000
        if namespace not in young and namespace not in SYSTEM and cpu >= LEAST_CPU and most < cpu * IDLE:
            yield _Quiet(namespace, there, cpu, memory)


def _why_not(world: World, namespace: str, now: float) -> str:
    return world.looked.too_few if not world.looked.is_long_enough else recent_run(world, [namespace], now)


def _advice(world: World, quiet: _Quiet) -> Advice:
    share = share_of(world, quiet.pods)
    return Advice(
        "idle-namespace",
        f"Namespace {quiet.name} does next to nothing",
        ObjectRef("namespaces", quiet.name),
        (
            f"{format_cpu(quiet.cpu * 1000)} CPU and {format_bytes(quiet.memory)} are asked for",
            f"{format_cpu(world.looked.most(quiet.name))} CPU was used at most: measured {world.looked.words}; "
            "no pod is younger than a week",
            runs_in_words(world, [quiet.name]),
            f"{share.words}; it is saved once a node can go for it",
        ),
        monthly(share.hourly),
        "scale its workloads to 0, and see whether anybody misses them",
        tuple(scaled_to_nothing(world, [quiet.name])),
    )

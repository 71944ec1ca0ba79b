"""States in the tables' filter language: what a person calls pending, the STATUS column calls by other names."""

from collections.abc import Iterable

from kubegenie_tui.domain.kind import Kind

_INCOMPLETE, _COMPLETE = r"READY:^(\d+)/(?!\1$)", r"READY:^(\d+)/\1$"
_UNHEALTHY, _HEALTHY = "HEALTH:failing|warning", "HEALTH:^ok$"

_PODS = {
    "not-ready": f"{_INCOMPLETE} !STATUS:^(Completed|Succeeded)$",
    "ready": _COMPLETE,
    "running": "STATUS:^Running",
    "not-running": "!STATUS:^(Running|Completed|Succeeded)",
    "pending": r"STATUS:^(Pending|SchedulingGated|ContainerCreating|PodInitializing|Init:\d)",
    "crashloop": "STATUS:CrashLoopBackOff|Error$|OOMKilled|StartError|ContainerCannotRun",
    "image-pull": "STATUS:ImagePull|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable",
    "oomkilled": "STATUS:OOMKilled",
    "failed": "STATUS:^(Failed|Error|OOMKilled|Evicted|DeadlineExceeded|ContainerStatusUnknown|ExitCode)",
    "completed": "STATUS:^(Completed|Succeeded)$",
    "evicted": "STATUS:^Evicted",
    "terminating": "STATUS:^Terminating",
}
_EMPTY = dict.fromkeys(("deployments.apps", "statefulsets.apps", "replicasets.apps"), "READY:/0$")
RULES = {
    ("oomkilled", "pods"): frozenset({"out-of-memory"}),
    ("empty", "services"): frozenset({"service-selects-nothing"}),
}
"""States that no column tells, by kind: the rules of diagnosis that find them."""
_NODES = {
    "not-ready": "STATUS:NotReady|Unknown",
    "ready": r"STATUS:^Ready",
    "running": r"STATUS:^Ready",
    "not-running": "STATUS:NotReady|Unknown",
    "cordoned": "STATUS:SchedulingDisabled",
    "pending": "STATUS:SchedulingDisabled",
}
_CLAIMS = {
    "unbound": "!STATUS:^Bound",
    "bound": "STATUS:^Bound",
    "pending": "STATUS:^Pending",
    "not-ready": "!STATUS:^Bound",
}
_WITH_RATIO = frozenset({"deployments.apps", "statefulsets.apps"})
_OTHERS = {
    "not-ready": _UNHEALTHY,
    "ready": _HEALTHY,
    "running": _HEALTHY,
    "not-running": _UNHEALTHY,
    "terminating": "STATUS:Terminating",
    "completed": "STATUS:Complete",
    "failed": "STATUS:Failed",
    "suspended": "HEALTH:^paused$",
    "pending": "STATUS:Pending",
}


def terms_of(state: str, kind: Kind) -> str:
    """The filter that leaves the objects in a state; empty for no state."""
    if not state:
        return ""
    if state == "empty":
        return _EMPTY.get(kind.id, "")
    if state in ("unhealthy", "healthy"):
        return _UNHEALTHY if state == "unhealthy" else _HEALTHY
    if kind.id in _WITH_RATIO and state in ("not-ready", "not-running", "ready", "running"):
        return _INCOMPLETE if state.startswith("not") else _COMPLETE
    known = {"pods": _PODS, "nodes": _NODES, "persistentvolumeclaims": _CLAIMS}.get(kind.id, _OTHERS)
    return known.get(state, _UNHEALTHY)


def words_of(state: str) -> str:
    """The state as it is said: `not ready`, `in a crash loop`."""
    said = {
        "crashloop": "crashing",
        "image-pull": "unable to pull their image",
        "oomkilled": "killed for lack of memory",
        "unhealthy": "in trouble",
        "empty": "without pods",
    }
    return said.get(state, state.replace("-", " "))


def among_namespaces(names: Iterable[str]) -> str:
    """The filter that leaves what is in one of these namespaces."""
    return f"NAMESPACE:^({'|'.join(names)})$"


def owned_names(owner_kind: str, name: str) -> str:
    """A filter on the names that controllers give to the pods of a workload.

    Source: k8s.io/apiserver/pkg/storage/names (five characters), and the StatefulSet's ordinals.
    """
    middle = {
        "deployments.apps": r"-[a-z0-9]{1,10}-[a-z0-9]{5}",
        "statefulsets.apps": r"-\d+",
        "cronjobs.batch": r"-\d+-[a-z0-9]{5}",
    }
    return f"NAME:^{name}{middle.get(owner_kind, r'(-[0-9]+)?-[a-z0-9]{5}')}$"

"""Where log lines come from: one container of one pod, and how it is called where several stand side by side."""

from collections.abc import Sequence
from itertools import takewhile

import msgspec


class LogSource(msgspec.Struct, frozen=True):
    """One container of one pod."""

    namespace: str
    pod: str
    container: str
    uid: str = ""
    """The uid of the pod: a pod of the same name that came later is another source."""
    cluster: str = ""
    """Where the pod is, when the logs are of several clusters. With no pod it is the cluster itself that has a say."""


def short_names(sources: Sequence[LogSource]) -> list[str]:
    """The shortest names that still tell the sources apart: the end of the pod's name, and what else is needed.

    The cluster goes before it, and the container after it.
    """
    if any(source.cluster for source in sources):
        return _with_clusters(sources)
    shorts = _short_pods(sorted({source.pod for source in sources}))
    several = len({source.container for source in sources}) > 1
    if len(shorts) == 1:
        return [source.container for source in sources]
    return [f"{shorts[source.pod]}/{source.container}" if several else shorts[source.pod] for source in sources]


def _with_clusters(sources: Sequence[LogSource]) -> list[str]:
    """Each after the name of its cluster; a cluster that has a say itself by its name alone."""
    shorts = iter(short_names([msgspec.structs.replace(source, cluster="") for source in sources if source.pod]))
    return [f"{source.cluster}/{next(shorts)}" if source.pod else source.cluster for source in sources]


def _short_pods(pods: list[str]) -> dict[str, str]:
    """Pods that begin alike by what follows, by the last part alone where that tells them apart; others in full."""
    cut = _common(pods[0], pods[-1]).rfind("-") + 1 if len(pods) > 1 else 0
    ends = [pod.rpartition("-")[2] for pod in pods]
    if cut and len(set(ends)) == len(pods):
        return dict(zip(pods, ends, strict=True))
    return {pod: pod[cut:] for pod in pods}


def _common(first: str, last: str) -> str:
    """What the first and the last of sorted names begin with, and so all of them."""
    equal = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(character for character, _ in equal)

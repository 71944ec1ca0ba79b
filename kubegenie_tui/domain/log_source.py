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


def short_names(sources: Sequence[LogSource]) -> list[str]:
    """The shortest names that still tell the sources apart: the end of the pod's name, and the container if need be."""
    pods = sorted({source.pod for source in sources})
    containers = {source.container for source in sources}
    cut = _common(pods[0], pods[-1]).rfind("-") + 1 if len(pods) > 1 else 0
    return [_short(source, cut, len(pods) > 1, len(containers) > 1) for source in sources]


def _common(first: str, last: str) -> str:
    """What the first and the last of sorted names begin with, and so all of them."""
    equal = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(character for character, _ in equal)


def _short(source: LogSource, cut: int, with_pod: bool, with_container: bool) -> str:
    if not with_pod:
        return source.container
    return f"{source.pod[cut:]}/{source.container}" if with_container else source.pod[cut:]

"""`helm install` and `helm upgrade` as they are typed after `:`, with the flags of helm that are taken here."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.helm_run import Chart

WRITES = ("install", "upgrade")
"""What follows `helm` when something is to be changed."""
_FLAGS = {
    "-f": "values",
    "--values": "values",
    "--version": "version",
    "--repo": "repo",
    "-n": "namespace",
    "--namespace": "namespace",
}


class HelmWish(msgspec.Struct, frozen=True):
    """What was typed; what is empty is to be asked for, or found out."""

    verb: Literal["install", "upgrade"]
    release: str = ""
    chart: Chart = Chart("")
    values: tuple[str, ...] = ()
    """Files, the later ones win."""
    namespace: str = ""


def read_helm_words(verb: Literal["install", "upgrade"], words: Sequence[str]) -> HelmWish:
    """What follows `helm install` or `helm upgrade`.

    Raises:
        UsageError: a flag that is not taken, or one without its value; or too many words.
    """
    given: dict[str, list[str]] = {}
    for name, value in _pairs(words):
        given.setdefault(name, []).append(value)
    plain = given.pop("", [])
    if len(plain) > 2:
        raise UsageError(f"`helm {verb}` takes a name and a chart", f"not {' '.join(plain)}")
    release, chart = (*plain, "", "")[:2]
    last = {name: values[-1] for name, values in given.items()}
    source = Chart(chart, last.get("version", ""), last.get("repo", ""))
    return HelmWish(verb, release, source, tuple(given.get("values", ())), last.get("namespace", ""))


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Flags with their values; words that are none have an empty name."""
    todo = list(words)
    while todo:
        word = todo.pop(0)
        if not word.startswith("-"):
            yield "", word
            continue
        flag, given, value = word.partition("=")
        if flag not in _FLAGS:
            raise UsageError(f"{flag} is not taken here", f"only {', '.join(_FLAGS)}", "set everything else as values")
        if not given and not todo:
            raise UsageError(f"{flag} needs a value")
        yield _FLAGS[flag], value if given else todo.pop(0)

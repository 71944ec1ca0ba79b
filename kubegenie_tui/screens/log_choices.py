"""What can be picked for a log: its container, and how far back it begins."""

from collections import Counter
from collections.abc import Sequence

from textual.content import Content

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.log_target import ALL, container_names
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.summary_container import ContainerState, container_states
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.picker import Choice

_INK = {Health.PROGRESSING: "$accent", Health.WARN: "$warning", Health.BAD: "$error"}
_SINCE: dict[int | None, str] = {
    None: "the last lines of each container",
    60: "the last minute",
    300: "the last 5 minutes",
    900: "the last 15 minutes",
    3600: "the last hour",
    21_600: "the last 6 hours",
    86_400: "the last day",
    0: "from the beginning",
}


def container_choices(pods: Sequence[Manifest], now: float) -> list[Choice]:
    """The containers of the pods, with their state when there is one pod; the last choice is every one of them."""
    if len(pods) == 1:
        choices = [_of_one(state) for state in container_states(pods[0], now)]
    else:
        counts = Counter(name for pod in pods for name in container_names(pod))
        choices = [_of_many(name, count) for name, count in counts.items()]
    every = Choice(ALL, Content.assemble(("every container", "bold"), ("  merged by time", "$muted")))
    return [*choices, every] if len(choices) > 1 else choices


def since_choices() -> list[Choice]:
    """How far back a log may begin; ids are seconds."""
    return [Choice(str(seconds), Content(words)) for seconds, words in _SINCE.items()]


def since_in_words(seconds: int | None) -> str:
    """`the last 15 minutes`; empty for the last lines."""
    return "" if seconds is None else _SINCE[seconds]


def _of_many(name: str, count: int) -> Choice:
    return Choice(name, Content.assemble((plain(name), "bold"), (f"  in {count} pods", "$muted")))


def _of_one(state: ContainerState) -> Choice:
    glyph = "" if state.health <= Health.IDLE else f"{state.health.glyph} "
    kind = "" if state.title == "Container" else f"  {state.title.lower()}"
    words = (f"  {glyph}{plain(state.words)}", _INK.get(state.health, "$muted"))
    return Choice(state.name, Content.assemble((plain(state.name), "bold"), (kind, "$muted"), words))

"""The local port that is offered for a forward."""

from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.screens.stream_control import free_port


def test_ports_of_kept_forwards_to_something_else_are_passed_over() -> None:
    first = next_free(41_000)
    assert free_port([str(first)]) == first
    assert free_port([str(first)], (first, next_free(first))) == next_free(next_free(first))

"""What is told in a corner of clusters that nobody looks at."""

import pytest

from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.errors import Unreachable
from kubegenie_tui.screens.cluster_news import news_of

BEFORE = dict.fromkeys("abcde", Reach.READY) | {"down": Reach.UNREACHABLE}


def status(name: str, reach: Reach) -> ClusterStatus:
    error = Unreachable("connection refused") if reach is Reach.UNREACHABLE else None
    return ClusterStatus(name, "", reach=reach, error=error)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([status("a", Reach.READY), status("down", Reach.UNREACHABLE), status("new", Reach.UNREACHABLE)], ""),
        ([status("a", Reach.UNREACHABLE)], "a is unreachable: connection refused. :clusters shows it"),
        ([status("a", Reach.DENIED), status("b", Reach.READY)], "a is denied. :clusters shows it"),
        (
            [status("a", Reach.UNREACHABLE), status("b", Reach.DEGRADED)],
            "2 clusters are not well any more: a, b. :clusters shows them",
        ),
        (
            [status(name, Reach.UNREACHABLE) for name in "abcde"],
            "5 clusters are not well any more: a, b, c and 2 more. :clusters shows them",
        ),
    ],
)
def test_what_was_well_and_is_not_is_told_in_one_sentence(found: list[ClusterStatus], words: str) -> None:
    assert news_of(found, BEFORE) == words

"""What only tells why is left out of what is asked for; what could take it back, put it off or quote it never is."""

import pytest

from kubegenie_tui.genie.wishes.phrases import phrases
from kubegenie_tui.genie.wishes.statements import Statements
from tests.unit.genie.wishes.corpus import WORLD

LEFT_OUT = [
    ("the sky is clear, resume db-backup", ["resume db-backup"]),
    ("disk swapped on this box, uncordon worker-2", ["uncordon worker-2"]),
    ("drop toolbox, we have it on tape already", ["drop toolbox"]),
    ("restart web. It does not answer.", ["restart web."]),
    ("take web down to zero, storm coming", ["take web down to zero"]),
    ("We do not need toolbox any more, please delete it", ["describe toolbox", "please delete it"]),
    ("web is slow because the disk is full, restart it", ["describe web", "restart it"]),
    ("Our machines are very warm today. Which nodes use the most cpu?", ["Which nodes use the most cpu?"]),
]
KEPT = [
    "restart web",
    "restart web, it is what the manual says",
    "restart web. That was a joke.",
    "restart web if the disk is full",
    "the moment web is slow, restart it",
    "had web crashed, restart it",
    "web is down? restart it",
    "restart web, the api",
    "restart web, cart needs 5 replicas",
    "restart web. The limit is 5.",
    'the ticket is open: "restart web"',
    "I restarted web, scale cart to 3",
    "restart web, after the release is out",
    "We are still discussing it. Restart web.",
    "restart web. There is a change freeze.",
    "the sky is clear",
]


@pytest.mark.parametrize(("text", "asked"), LEFT_OUT)
def test_a_plain_statement_is_left_out(text: str, asked: list[str]) -> None:
    assert Statements(WORLD, phrases()).without(text) == asked


@pytest.mark.parametrize("text", KEPT)
def test_what_may_be_more_than_a_statement_is_kept(text: str) -> None:
    assert Statements(WORLD, phrases()).without(text) == []


def test_a_name_within_another_is_not_what_is_spoken_of() -> None:
    found = Statements(WORLD, phrases()).without("the web team moved the deadline, can you scale it to 6 please?")
    assert found == ["can you scale it to 6 please?"]

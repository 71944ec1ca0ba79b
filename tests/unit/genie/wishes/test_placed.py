"""Several things, each in a namespace of its own, and what is to be done there."""

import pytest

from tests.unit.genie.wishes.corpus import read


def steps(text: str, *previous: str) -> list[tuple[str, str, object]]:
    wish = read(text, {"previous": previous})
    told = wish.steps if wish else ()
    return [(step.verb, f"{step.ref.namespace}/{step.ref.name}", step.args.get("replicas")) for step in told]


@pytest.mark.parametrize(
    "text",
    [
        "scale frontend in staging and gateway in prod to 3",
        "scale frontend in staging and the gateway in prod to 3 replicas each",
        "scale deployment frontend in staging and deployment gateway in prod to 3",
        "scale frontend in namespace staging, gateway in the prod namespace to 3",
    ],
)
def test_what_is_said_once_is_done_to_each_where_it_lives(text: str) -> None:
    assert steps(text) == [("scale", "staging/frontend", 3), ("scale", "prod/gateway", 3)]


def test_each_gets_its_own_number_where_one_is_said() -> None:
    told = steps("scale frontend in staging to 2 and gateway in prod to 4")
    assert told == [("scale", "staging/frontend", 2), ("scale", "prod/gateway", 4)]


@pytest.mark.parametrize(
    "text",
    [
        "scale frontend in staging and gateway in nowhere to 3",
        "scale frontend in staging and gateway in staging to 3",
        "scale frontend in staging and gateway in prod to 3 if it is slow",
        "we scaled frontend in staging and gateway in prod to 3",
    ],
)
def test_nothing_is_done_by_halves_or_unasked(text: str) -> None:
    assert steps(text) == []


def test_there_is_where_the_one_before_lives() -> None:
    told = steps("scale frontend in staging to 2 and restart checkout there")
    assert told == [("scale", "staging/frontend", 2), ("restart", "staging/checkout", None)]
    assert steps("restart checkout there", "restart frontend in staging") == [("restart", "staging/checkout", None)]
    assert steps("restart checkout there") == []

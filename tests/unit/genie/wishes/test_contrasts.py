"""What is wished for beside what is not, and what the sentences before a wish speak of."""

import pytest

from tests.unit.genie.wishes.corpus import read


def steps(text: str, *previous: str) -> list[str]:
    wish = read(text, {"previous": previous})
    return [f"{step.verb} {step.ref.name}" for step in wish.steps] if wish else []


@pytest.mark.parametrize(
    "text",
    [
        "instead of scaling web just restart it",
        "instead of scaling web to 5, restart it",
        "rather than deleting web please restart it",
        "restart web instead of deleting it",
        "restart web rather than scaling it up",
        "don't delete web, just restart it",
        "do not scale web to 0, but rather restart it",
    ],
)
def test_what_is_to_be_done_instead_is_a_wish(text: str) -> None:
    assert steps(text) == ["restart web"]


@pytest.mark.parametrize(
    "text",
    [
        "restart web instead of deleting it if it fails",
        "restart web instead of deleting it once it fails",
        "do not restart web instead of deleting it",
        "should we restart web instead of deleting it",
        "instead of deleting web we restarted it",
        "instead of deleting web, he said, restart it",
        "restart web instead of cart",
    ],
)
def test_a_condition_or_a_doubt_beside_it_is_not_passed_over(text: str) -> None:
    assert steps(text) == []


def test_of_two_things_that_were_spoken_of_it_is_asked_which() -> None:
    wish = read("cart is broken. web is fine. restart it", {})
    assert wish is not None
    assert wish.outcome == "ambiguous"
    assert {ref.name for ref in wish.choices} == {"cart", "web"}
    assert steps("cart is broken. cart is slow too. restart it") == ["restart cart"]


def test_a_polite_word_alone_is_about_what_was_named_before_it() -> None:
    assert steps("worker-2 is fine again, please uncordon") == ["uncordon worker-2"]
    assert steps("worker-2 can run again, please uncordon") == ["uncordon worker-2"]
    assert steps("worker-2 is gone, drain") == []


def test_a_number_for_it_is_of_what_was_spoken_of_last() -> None:
    assert steps("make it 2", "scale web to 5") == ["scale web"]
    assert steps("make it 2", "scale web to 5", "describe cart") == ["scale cart"]
    assert steps("cart is busy. make it 2", "scale web to 5") == ["scale cart"]


@pytest.mark.parametrize("text", ["back to 2", "3 more"])
def test_another_number_is_of_what_was_spoken_of_last(text: str) -> None:
    assert steps(text, "scale web to 5") == ["scale web"]
    assert steps(text, "scale web to 5", "describe cart") == []
    assert steps(f"cart is fine. {text}", "scale web to 5") == []


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("bump web to 3", {"replicas": 3}),
        ("bump web to v3", {"tag": "v3"}),
        ("bump the version of web to 3", {"tag": "3"}),
        ("give web two gigs of memory", {"limits": {"memory": "2Gi"}}),
        ("give web half a gig of memory", {"limits": {"memory": "512Mi"}}),
        ("scale web to 5, not 4", {"replicas": 5}),
    ],
)
def test_a_number_is_of_what_people_count(text: str, args: dict[str, object]) -> None:
    wish = read(text, {})
    assert wish is not None
    assert [step.args for step in wish.steps] == [args]


@pytest.mark.parametrize("text", ["set memory limit of web to 512", "set cpu limit of web to 500", "update web to 3"])
def test_a_number_that_nobody_can_mean_so_is_none(text: str) -> None:
    assert steps(text) == []

"""What is left out of a wish: by where it lives, as a part of something, or as one more name."""

import pytest

from tests.unit.genie.wishes.corpus import read


def steps(text: str, **context: str) -> list[str]:
    wish = read(text, context)
    return [f"{step.verb} {step.ref.namespace}/{step.ref.name}" for step in wish.steps] if wish else []


def why(text: str) -> str:
    wish = read(text, {})
    assert wish is not None
    assert not wish.steps
    return wish.why


@pytest.mark.parametrize(
    "text",
    [
        "restart frontend but not the one in staging",
        "restart frontend, not the staging one",
        "restart frontend except in staging",
        "could you restart frontend, but leave staging alone",
        "restart frontend everywhere but staging",
        "restart frontend but don't touch the one in staging",
    ],
)
def test_of_two_that_share_a_name_the_other_one_is_meant(text: str) -> None:
    assert steps(text) == ["restart prod/frontend"]


def test_of_several_others_it_is_asked_which_unless_all_are_named() -> None:
    wish = read("restart checkout but not the one in staging", {})
    assert wish is not None
    assert [ref.namespace for ref in wish.choices] == ["shop", "prod"]
    assert steps("restart checkout but not the one in staging", namespace="shop") == ["restart shop/checkout"]
    assert steps("restart checkout everywhere but staging") == ["restart prod/checkout", "restart shop/checkout"]
    assert steps("restart checkout except in staging and prod") == ["restart shop/checkout"]


@pytest.mark.parametrize(
    "text",
    [
        "restart frontend but only the one in prod",
        "restart frontend, only the prod one",
        "restart frontend only in prod",
        "restart frontend in every namespace but staging",
    ],
)
def test_the_only_one_is_named_by_where_it_lives(text: str) -> None:
    assert steps(text) == ["restart prod/frontend"]


@pytest.mark.parametrize(
    "text",
    [
        "restart frontend but in staging",
        "restart frontend only tomorrow",
        "restart frontend only in shop",
        "don't restart frontend, only in prod",
        "should i restart frontend only in prod?",
        "restart frontend but not in staging until friday",
        "should i restart frontend, but not in staging?",
        "he said restart frontend but not in staging",
        "don't restart frontend except in staging",
        "restart frontend in staging but not in staging",
        "restart gateway but not the one in prod",
    ],
)
def test_what_is_not_clearly_the_other_one_is_no_wish(text: str) -> None:
    assert steps(text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("restart statefulset redis except redis-0", "redis is changed as a whole, and redis-0 with it"),
        ("restart statefulset redis but not redis-0", "redis is changed as a whole, and redis-0 with it"),
        ("restart web except web-2", "web-2 is no part of web"),
        ("restart web and cart, not cart", "You named cart both"),
        ("restart gateway but not the one in prod", "gateway lives nowhere else than in prod"),
    ],
)
def test_it_is_said_why_something_cannot_be_spared(text: str, reason: str) -> None:
    assert why(text).startswith(reason)


def test_who_asks_for_all_of_a_name_is_asked_which() -> None:
    wish = read("restart frontend in all namespaces", {})
    assert wish is not None
    assert [ref.namespace for ref in wish.choices] == ["staging", "prod"]


def test_what_is_spared_is_not_offered() -> None:
    wish = read("restart frontend but not frontend in staging", {})
    assert wish is not None
    assert [ref.namespace for ref in wish.choices] == ["prod"]
    wish = read("restart every deployment except in prod", {})
    assert wish is not None
    assert wish.choices
    assert "prod" not in {ref.namespace for ref in wish.choices}


def test_flags_and_politeness_are_not_lost() -> None:
    wish = read("kubectl scale deploy frontend --replicas=3 but not in staging, please", {})
    assert wish is not None
    assert [(step.ref.namespace, step.args) for step in wish.steps] == [("prod", {"replicas": 3})]
    assert steps("kubectl delete deploy frontend --dry-run=client but not in staging") == []

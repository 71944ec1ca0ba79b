"""A wish about the rows that are marked: all of them, or nothing."""

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.wishes.reader import WishReader
from tests.unit.genie.wishes.corpus import WORLD, ref

WEB, CART, CLAIM = ref("deploy", "web", "shop"), ref("deploy", "cart", "shop"), ref("node", "worker-2", "")


def steps(text: str, *marked: object, selected: object = WEB) -> list[str]:
    focus = Focus("prod", "shop", "deployments.apps", selected=selected, marked=marked)  # type: ignore[arg-type]
    wish = WishReader(WORLD, focus, None, None).read(text)
    return [f"{step.verb} {step.ref.name}" for step in wish.steps] if wish else []


@pytest.mark.parametrize(
    "text",
    ["restart these", "restart these deployments", "please restart the marked ones", "restart the selected rows"],
)
def test_all_that_is_marked_is_meant(text: str) -> None:
    assert steps(text, WEB, CART) == ["restart web", "restart cart"]


def test_one_argument_is_for_all() -> None:
    assert steps("scale these to 3", WEB, CART) == ["scale web", "scale cart"]


@pytest.mark.parametrize(
    "text",
    ["don't restart these", "should I restart these?", "restart these if they fail", "restart the marked pods",
     "why did these restart?", "what if I restart the marked ones"],
)  # fmt: skip
def test_nothing_is_changed_that_was_not_wished_for(text: str) -> None:
    assert steps(text, WEB, CART) == []


def test_what_cannot_be_done_to_all_is_done_to_none() -> None:
    assert steps("restart these", WEB, CLAIM) == []


def test_it_is_the_row_under_the_cursor_whatever_is_marked() -> None:
    assert steps("restart it", CART) == ["restart web"]


def test_a_verb_alone_is_about_the_marked_row() -> None:
    assert steps("restart.") == ["restart web"]
    assert steps("restart.", selected=None) == []

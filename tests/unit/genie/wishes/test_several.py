"""Texts that ask for several things: cut where each begins, understood in order, none of it on half of the words."""

from typing import Any

import pytest

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline import engine
from kubegenie_tui.genie.wishes.phrases import phrases
from kubegenie_tui.genie.wishes.several import parts_of
from tests.unit.genie.wishes.corpus import WORLD, Sentence
from tests.unit.genie.wishes.test_corpus import reported

pytestmark = pytest.mark.usefixtures("known_world")


@pytest.fixture
def known_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """All names of the world are read already."""
    monkeypatch.setattr(engine, "Directory", lambda *_: WORLD)


async def told(text: str, *previous: str) -> dict[str, Any]:
    return await reported(Sentence("", text, {"previous": list(previous)}, {}))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("scale web to 3, then show me its pods", ["scale web to 3", "show me its pods"]),
        ("list pods in shop and count services in data", ["list pods in shop", "count services in data"]),
        ("roll back web. After that describe it", ["roll back web", "describe it"]),
        ("describe deployments scale and delete-me", ["describe deployments scale and delete-me"]),
        ('he wrote "restart web now" and describe it', ['he wrote "restart web now" and describe it']),
        ("the disk is full and show me its logs", ["the disk is full and show me its logs"]),
        ("list pods\nrestart web", ["list pods\nrestart web"]),
    ],
)
def test_a_text_is_cut_where_something_begins(text: str, parts: list[str]) -> None:
    assert parts_of(text, phrases()) == parts


async def test_what_is_seen_after_a_change_is_a_step_of_its_own() -> None:
    found = await told("scale web to 3, then show me its logs")
    steps = [(each["class"], each["verb"], each["name"], each["writes"]) for each in found["steps"]]
    assert steps == [("write", "scale", "web", True), ("read", "logs", "web", False)]
    assert (found["class"], found["writes"]) == ("write", True)


async def test_what_is_made_can_be_spoken_of_in_the_same_text_and_in_no_other() -> None:
    found = await told("create deployment demo with image nginx:1.27 in team-a and expose it on port 80")
    assert [(each["verb"], each["name"], each["namespace"]) for each in found["steps"]] == [
        ("create", "demo", "team-a"), ("expose", "demo", "team-a"),
    ]  # fmt: skip
    assert "demo" not in WORLD
    assert not (await told("expose demo on port 80"))["writes"]


async def test_a_part_that_is_ambiguous_is_asked_back() -> None:
    found = await told("restart web and restart checkout")
    assert found["class"] == "ambiguous"
    assert not found["writes"]


@pytest.mark.parametrize(
    "text",
    [
        "list pods and if any fail restart web", "how do I list pods and restart web",
        "restart web and show me its logs?", "list pods and never restart web",
        "show me what fails, and I might restart web",
    ],
)  # fmt: skip
async def test_a_doubt_in_one_part_is_a_doubt_in_all(text: str) -> None:
    assert not (await told(text))["writes"]


@pytest.mark.parametrize(
    ("place", "namespace"), [("the first one", "shop"), ("number 2", "staging"), ("the last one please", "prod")]
)
async def test_one_of_several_is_chosen_by_its_place(place: str, namespace: str) -> None:
    found = await told(place, "restart checkout")
    assert (found["class"], found["verb"], found["name"], found["namespace"]) == (
        "write", "restart", "checkout", namespace,
    )  # fmt: skip
    assert not (await told(place))["writes"]


def test_a_directory_with_what_is_planned_leaves_the_other_as_it_is() -> None:
    ref = ObjectRef("configmaps", "brand-new", "shop", "prod")
    other = WORLD.with_planned([ref])
    assert other.find("brand-new") == [ref]
    assert other.planned == {ref}
    assert "brand-new" not in WORLD
    assert other.find("web-config") == WORLD.find("web-config")

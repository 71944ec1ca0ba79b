"""The last change of a conversation is taken back where its words tell what was before; else it is asked."""

from typing import Any

import pytest

from kubegenie_tui.genie.offline import engine
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
    ("previous", "text", "verb", "args"),
    [
        (("scale web to 3", "scale web to 6"), "scale it back", "scale", {"replicas": 3}),
        (("scale web to 3", "why is web slow?", "scale web to 6"), "put it back how it was", "scale", {"replicas": 3}),
        (("scale web to 3", "scale cart to 5", "scale web to 6"), "undo that, please", "scale", {"replicas": 3}),
        (("add 2 replicas to web",), "undo", "scale", {"delta": -2}),
        (("drain worker-1",), "no, undo that", "uncordon", {}),
        (("suspend db-backup",), "back to normal please", "resume", {}),
        (("label deployment web team=blue",), "revert that", "label", {"labels": {"team": None}}),
        (("set image of web to nginx:1.28",), "revert it", "rollback", {}),
        (("set LOG_LEVEL=debug on web",), "now take it out again", "set-env", {"env": {"LOG_LEVEL": None}}),
        (("set LOG_LEVEL=debug on web",), "remove it", "set-env", {"env": {"LOG_LEVEL": None}}),
        (("set A=1 and B=2 on web",), "get rid of them again", "set-env", {"env": {"A": None, "B": None}}),
        (("label deployment web team=blue",), "delete it again", "label", {"labels": {"team": None}}),
        (("set memory limit of web to 1Gi",), "drop that please", "set-resources", {"limits": {"memory": None}}),
        (("scale web to 3",), "delete it", "delete", {}),
    ],
)
async def test_the_opposite_is_proposed(previous: tuple[str, ...], text: str, verb: str, args: dict[str, Any]) -> None:
    got = await told(text, *previous)
    assert (got["writes"], got["verb"], got["args"]) == (True, verb, args)


@pytest.mark.parametrize(
    ("previous", "text"),
    [
        (("scale web to 3",), "scale it back"),
        (("scale web to 3",), "roll it back"),
        (("scale cart to 3", "scale web to 6"), "scale it back"),
        (("scale web to 3", "scale web to 6"), "scale it back up"),
        (("restart web",), "put it back"),
        (("delete pod toolbox",), "restore it"),
        (("restart web and cart",), "undo that"),
        (("label deployment web team-",), "undo that"),
        (("expose web on port 80",), "delete it"),
        (("autoscale web from 2 to 5",), "remove it again"),
        (("taint worker-2 dedicated=gpu:NoSchedule",), "remove it"),
    ],
)
async def test_what_was_not_said_is_asked(previous: tuple[str, ...], text: str) -> None:
    got = await told(text, *previous)
    assert not got["writes"]
    assert got["class"] == "ambiguous"


async def test_all_of_a_change_is_taken_back() -> None:
    got = await told("undo that", "cordon worker-1 and worker-2")
    assert [(step["verb"], step["name"]) for step in got["steps"]] == [
        ("uncordon", "worker-1"), ("uncordon", "worker-2"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["undo that?", "don't undo that", "should I undo that", "if it fails undo that"])
async def test_a_doubt_takes_nothing_back(text: str) -> None:
    assert not (await told(text, "drain worker-1"))["writes"]

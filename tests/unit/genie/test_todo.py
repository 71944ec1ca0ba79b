"""The list that a model keeps in a long diagnosis: seen by the person, and told in every later turn."""

from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.conversation import LookUp, Message, Record
from kubegenie_tui.genie.context.past import Past, Summaries
from kubegenie_tui.genie.todo import TODO, open_list
from tests.unit.genie.model_and_cluster import talk

ITEMS: list[dict[str, Any]] = [
    {"text": "events", "state": "done"},
    {"text": "then restart the\x1b[2J\nweb deployment", "state": "doing"},
    {"text": "nodes"},
]
LIST = "[x] events\n[>] then restart the web deployment\n[ ] nodes"


def kept(text: str, at: float = 2.0, *, ok: bool = True) -> Message:
    return Message("tool", text, at, TODO, record=Record(look_up=LookUp(TODO, "{}", ok)))


async def test_the_list_is_one_line_that_unfolds_and_the_model_is_told_it() -> None:
    async with talk(in_order(Turn(calls=(Call(TODO, {"items": ITEMS}),)), Turn("Done."))) as made:
        await made.ask()
        [result] = made.results
        assert (result.label, result.ok, result.name) == (TODO, True, TODO)
        assert result.summary == "1 of 3 done · now: then restart the web deployment"
        assert result.result == LIST
        assert made.answered() == {"call_todo_0": LIST}


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        ([], "at least 1"),
        ([{"text": f"step {number}"} for number in range(13)], "at most 12"),
        ([{"text": "x" * 121}], "at most 120 characters"),
        ([{"text": "\x1b[2J"}], "at least 1 character"),
        ([{"text": "x", "state": "maybe"}], "'pending', 'doing' or 'done'"),
    ],
)
async def test_what_is_no_short_list_is_refused(items: list[dict[str, Any]], complaint: str) -> None:
    async with talk(in_order(Turn(calls=(Call(TODO, {"items": items}),)), Turn("Done."))) as made:
        await made.ask()
        [answer] = made.answered().values()
        assert answer.startswith("error: ")
        assert complaint in answer


async def test_a_list_with_something_left_is_told_in_the_next_turn() -> None:
    history = [Message("user", "why?", 1.0), kept(LIST), Message("assistant", "So far…", 3.0)]
    async with talk(in_order(Turn("On."))) as made:
        await made.ask("go on", *history)
        assert LIST in made.sent()[0]["content"]
        finished = msgspec.structs.replace(history[1], text="[x] events\n[x] nodes")
        await made.ask("thanks", history[0], finished, history[2])
        assert "Your list" not in made.sent()[0]["content"]


def test_the_latest_list_that_was_taken_stays_when_the_past_is_summed_up() -> None:
    said = [Message("user", "why?", 1.0), kept("[ ] old"), kept(LIST, 2.5), kept("error: no list", 2.6, ok=False)]
    for number in range(4):
        said += [Message("user", f"and {number}?", 3.0 + number), Message("assistant", "Yes.", 3.5 + number)]
    past = Past(said, Summaries())
    past.sum_up("In short.")
    assert past.todo == LIST
    assert open_list(said[:1]) == ""


async def test_a_small_model_is_given_no_list() -> None:
    options: dict[str, Any] = {"told": {"max_model_len": 131_072}}
    async with talk(in_order(Turn("x")), **options) as made:
        await made.ask()
        assert TODO in {tool["function"]["name"] for tool in made.model.requests[0].json["tools"]}
        made.backend.settings = msgspec.structs.replace(made.backend.settings, profile="small")
        await made.ask()
        assert TODO not in {tool["function"]["name"] for tool in made.model.requests[-1].json["tools"]}

"""A turn with a model on each rung of the ladder: it looks, proposes, and ends in an answer; nothing is changed."""

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import EXCUSE, Call, Fault, Turn, in_order
from kubegenie_tui.domain.conversation import Finished
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.domain.plan import Tier
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS
from kubegenie_tui.genie.tools import small
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.llm.by_schema import response_format
from kubegenie_tui.llm.by_text import described
from tests.unit.agents.demo_clusters import world
from tests.unit.genie.model_and_cluster import SECRET, Agents, Talk, talk
from tests.unit.genie.proposing.conftest import Looking, changes, looking
from tests.unit.genie.proposing.test_by_model import SCALE, proposals, replicas, shop
from tests.unit.llm.test_ladder import SERVERS, Notes

if TYPE_CHECKING:
    from kubegenie_tui.llm.backend import Wire

__all__ = ["changes", "looking"]
LOOK = Call("list", {"kind": "deployments"})
PROPOSE = Call("propose", {"steps": [SCALE], "why": "it is asked for"})


def looks_then_proposes(heard: dict[str, Any]) -> Turn:
    """A model that says it can call tools, looks, proposes what was asked for, and tells of it."""
    last = str(heard["messages"][-1]["content"])
    if "`ready`" in last:
        return Turn(calls=(Call("ready", {"word": "yes"}),))
    if "nothing has changed" in last:
        return Turn("I propose five replicas.")
    return Turn(calls=(PROPOSE,)) if "1 deployment" in last else Turn("I look.", (LOOK,))


async def asked(looking: Looking, made: Talk) -> list[object]:
    """Ask for a change; what the cluster was told to change meanwhile."""
    written: list[object] = []
    made.scope = msgspec.structs.replace(made.scope, look=looking(Agents({"prod": made.agent})))
    made.cluster.listen(lambda *change: written.append(change))
    await made.ask("scale web to 5")
    return written


@pytest.mark.parametrize(("options", "rung"), SERVERS.values(), ids=SERVERS.keys())
@pytest.mark.parametrize("profile", ["full", "small"])
async def test_every_rung_ends_in_a_proposal_that_waits(
    looking: Looking, options: dict[str, set[str]], rung: str, profile: str
) -> None:
    frozen: dict[str, Any] = {name: frozenset(values) for name, values in options.items()}
    backing = {"notes": Notes(), "settings": ModelSettings(profile=profile)}  # type: ignore[arg-type]
    async with talk(looks_then_proposes, shop(), backing=backing, **frozen) as made:
        written = await asked(looking, made)
        assert made.backend.ability.rung == rung
        assert made.started == ["list deployments", "propose scale deployments web replicas=5 it is asked for"]
        assert all(result.ok for result in made.results)
        [proposed] = proposals(made)
        assert (proposed.plan.title, proposed.tier) == ("Scale deployment shop/web from 2 to 5", Tier.REVERSIBLE)
        assert made.said.endswith("I propose five replicas.")
        assert EXCUSE not in made.said
        assert isinstance(made.events[-1], Finished)
        assert (written, replicas(made)) == ([], 2)


@pytest.mark.parametrize("refused", [{"tools"}, {"tools", "response_format"}], ids=["schema", "text"])
async def test_without_tools_results_are_data_between_marks_and_no_secret_leaves(
    looking: Looking, refused: set[str]
) -> None:
    played = world("prod")
    played.cluster.create(SECRET)
    turns = (Turn(calls=(Call("get", {"kind": "secrets", "name": "checkout-db"}),)), Turn("It holds a dsn."))
    async with talk(in_order(*turns), played, refuses=frozenset(refused)) as made:
        await made.ask("what is in checkout-db?")
        assert made.said == "It holds a dsn."
        system, result = made.sent()[0]["content"], made.sent()[-1]["content"]
        assert "[redacted-" in result
        mark = result.split("<data ")[1].partition(">")[0]
        assert mark in system
        assert "hunter2" not in made.model.outbound.decode()


@pytest.mark.parametrize("refused", [{"tools"}, {"tools", "response_format"}], ids=["schema", "text"])
@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (Call("list", {"kind": "pods", "colour": "red"}), "list: colour: Extra inputs"),
        (Call("list", "no object"), "Invalid JSON"),
        (Call("list", {"kind": "podz"}), "did you mean pods?"),
    ],
)
async def test_a_mistake_is_answered_with_the_reason_on_every_rung(
    call: Call, complaint: str, refused: set[str]
) -> None:
    async with talk(in_order(Turn(calls=(call,)), Turn("Sorry.")), refuses=frozenset(refused)) as made:
        await made.ask()
        assert complaint in made.sent()[-1]["content"]
        assert not made.results[0].ok
        assert made.said == "Sorry."


# The small profile


async def test_a_small_context_is_given_few_tools_an_example_and_short_results() -> None:
    call = Call("list", {"kind": "pods", "limit": 200})
    options: dict[str, Any] = {"told": {"max_model_len": 8192}}
    async with talk(
        in_order(Turn(calls=(call, LOOK)), Turn("Many.")),
        world("prod", pods=300),
        backing={"notes": Notes()},
        **options,
    ) as made:
        await made.ask()
        request = made.model.requests[0].json
        assert {tool["function"]["name"] for tool in request["tools"]} == {*small.NAMES} - {"propose"}
        assert "An example." in request["messages"][0]["content"]
        assert made.started == ["list pods 200"], "one call a step"
        [result] = made.answered().values()
        assert len(result) <= small.RESULT_CHARACTERS < RESULT_CHARACTERS
        assert "truncated" in result
        assert "`recall` of r1 finds the rest" in result


async def test_a_large_context_is_given_everything() -> None:
    options: dict[str, Any] = {"told": {"max_model_len": 131_072}}
    async with talk(in_order(Turn(calls=(LOOK,)), Turn("x")), backing={"notes": Notes()}, **options) as made:
        await made.ask()
        assert len(made.model.requests[0].json["tools"]) == len(TOOLS) - 2


async def test_what_overflows_a_small_context_is_sent_again_with_few_tools() -> None:
    """A server that tells its context only when it refuses: llama.cpp behind a gateway."""
    asked_for: list[int] = []

    def four_thousand(heard: dict[str, Any]) -> Turn:
        asked_for.append(len(heard.get("tools", ())))
        body = {"error": {"message": "the request exceeds the available context size", "n_ctx": 4096}}
        return Turn("Three.") if len(heard["tools"]) <= len(small.NAMES) else Turn(fault=Fault("status", 400, body))

    async with talk(four_thousand) as made:
        await made.ask()
        assert made.said == "Three."
        assert asked_for == [len(TOOLS) - 2, len(small.NAMES) - 1]


def test_short_schemas_keep_what_is_needed_and_are_a_third_of_the_size() -> None:
    full: list[Wire] = [TOOLS[name].schema() for name in small.NAMES]
    short = [small.short(each) for each in full]
    for whole, brief in zip(full, short, strict=True):
        assert brief["function"]["parameters"].get("required") == whole["function"]["parameters"].get("required")
        assert brief["function"]["description"]
    everything = msgspec.json.encode([tool.schema() for tool in TOOLS.values()])
    assert len(msgspec.json.encode(short)) * 3 < len(everything)
    assert "operation*: scale | restart" in described(short)


def test_the_schema_of_a_tool_is_made_once_and_left_as_it_is_by_who_shortens_or_joins_it() -> None:
    tools = [tool.schema() for tool in TOOLS.values()]
    before = msgspec.json.encode(tools)
    response_format(tools)
    for each in tools:
        small.short(each)
    assert msgspec.json.encode(tools) == before
    assert all(tool.schema() is told for tool, told in zip(TOOLS.values(), tools, strict=True))

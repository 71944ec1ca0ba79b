"""What a model may propose to: whole names that the person or a look-up named, where the person looks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import (
    BUILT_IN,
    Focus,
    LookUp,
    Message,
    Outcome,
    Record,
    Usage,
)
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.proposing.sighting import Sight, is_named
from tests.unit.genie.model_and_cluster import FOCUS, Agents, Talk, talk
from tests.unit.genie.proposing.conftest import Looking
from tests.unit.genie.proposing.test_by_model import SCALE, proposals, shop

EVERYWHERE = Focus("prod")


@pytest.mark.parametrize(
    "text",
    ["web", "restart web.", "shop/web:1", "(web)", "web, please", "deploy/web --replicas=3", "web's log", "-web"],
)
def test_a_name_is_found_as_a_whole(text: str) -> None:
    assert is_named("web", text)


@pytest.mark.parametrize(
    "text", ["", "alpha", "web-0", "my-web", "web.shop.svc", "the.web", "web2", "cobweb", "a--web"]
)
def test_a_part_of_a_name_is_not_the_name(text: str) -> None:
    assert not is_named("web", text)
    assert not is_named("a", "alpha and beta-a1")
    assert not is_named("", text)


def test_a_whole_name_behind_a_part_of_another_is_found() -> None:
    assert is_named("web", "web-0 of web")
    assert is_named("system:node", "clusterrole system:node: as it is")


def test_what_the_person_points_at_counts_and_what_the_model_says_does_not() -> None:
    focus = Focus(
        "prod", "shop", selected=ObjectRef("pods", "web-0", "shop"), marked=(ObjectRef("pods", "web-1", "qa"),)
    )
    sight = Sight(focus, "why?", [Message("assistant", "I would delete cart.", 1.0)])
    assert all(map(sight.is_said, ("shop", "web-0", "web-1", "qa", "WEB-0")))
    assert not sight.is_known("cart")


def test_earlier_turns_count_as_they_were() -> None:
    found = Record(look_up=LookUp("list", "{}"))
    failed = Record(look_up=LookUp("get", '{"name": "ghost"}', ok=False))
    todo = Record(look_up=LookUp("todo", "{}"))
    history = [
        Message("user", "look at cart", 1.0, record=Record(focus=Focus("prod", "staging"))),
        Message("tool", "deployments checkout 3/3", 2.0, record=found),
        Message("tool", 'There is no pod "ghost": did you mean guest?', 3.0, record=failed),
        Message("tool", "look at dreamt", 4.0, record=todo),
        Message("tool", "kept before there were records: old", 5.0),
        Message("assistant", "Which one?\n- deployment shop/basket", 6.0, record=Record(usage=Usage(BUILT_IN))),
        Message("assistant", "Made: Scale web", 7.0, record=Record(outcome=Outcome("Scale web", True, "made"))),
    ]
    sight = Sight(Focus("prod"), "", history)
    assert all(map(sight.is_known, ("cart", "staging", "checkout", "guest", "old", "basket", "web")))
    assert [name for name in ("ghost", "dreamt") if sight.is_known(name)] == []
    assert not sight.is_said("checkout")


def two_shops() -> World:
    """`web` in two namespaces, and `cart` in one that nobody looks at."""
    made = shop()
    for namespace in ("shop", "staging"):
        made.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    web = made.cluster.get("deployments.apps", "web", "shop")
    assert web is not None
    for name, namespace in (("web", "staging"), ("cart", "staging")):
        made.cluster.create({**web, "metadata": {"name": name, "namespace": namespace}})
    return made


@asynccontextmanager
async def asked(
    looking: Looking, text: str, *calls: Call, focus: Focus = FOCUS, doubt: str = ""
) -> AsyncIterator[Talk]:
    """A person says something, and a model makes one call after the other."""
    script = in_order(*(Turn(calls=(call,)) for call in calls), Turn("Done."))
    async with talk(script, two_shops(), focus) as made:
        look = looking(Agents({"prod": made.agent}))
        made.scope = msgspec.structs.replace(made.scope, look=look, doubt=doubt)
        await made.ask(text)
        yield made


def propose(*steps: dict[str, Any]) -> Call:
    return Call("propose", {"steps": list(steps)})


def settings(name: str = "settings", namespace: str = "shop") -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"level": "high"}}
    return {"operation": "apply", "manifest": manifest}


async def test_the_error_of_a_guess_does_not_make_the_name_known(looking: Looking) -> None:
    again = SCALE | {"arguments": {"replicas": 7}}
    async with asked(looking, "do what you think is right", propose(SCALE), propose(again)) as made:
        assert proposals(made) == []
        assert all('"web" was neither named' in result.result for result in made.results)


async def test_a_part_of_what_was_said_names_no_object(looking: Looking) -> None:
    async with asked(looking, "why is web-0 slow?", propose(SCALE)) as made:
        assert '"web" was neither named' in made.results[0].result


async def test_what_is_applied_over_a_live_object_has_to_be_known(looking: Looking) -> None:
    web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 9}}
    step = {"operation": "apply", "manifest": web}
    async with asked(looking, "make it faster", propose(step)) as made:
        assert '"web" was neither named' in made.results[0].result
    async with asked(looking, "make web faster", propose(step)) as made:
        assert len(proposals(made)) == 1


async def test_a_new_object_needs_no_sighting_and_its_namespace_has_to_be_there(looking: Looking) -> None:
    async with asked(looking, "it needs settings of some sort", propose(settings("brand-new"))) as made:
        assert len(proposals(made)) == 1
    gone = propose(settings("brand-new", "nowhere"))
    async with asked(looking, "make one in nowhere", gone) as made:
        assert proposals(made) == []
        assert "nowhere" in made.results[0].result


async def test_a_plan_stays_where_the_person_looks(looking: Looking) -> None:
    there = SCALE | {"namespace": "staging"}
    look = Call("list", {"kind": "deployments", "namespace": "*"})
    for step in (there, settings("new", "staging"), {"operation": "delete", "kind": "namespaces", "name": "staging"}):
        async with asked(looking, "scale web", look, propose(step)) as made:
            assert proposals(made) == []
            assert "namespace staging is not what the person looks at" in made.results[1].result
            assert "ask the person" in made.results[1].result


async def test_the_person_may_name_another_namespace_or_an_object_that_is_only_there(looking: Looking) -> None:
    async with asked(looking, "scale web in staging", propose(SCALE | {"namespace": "staging"})) as made:
        assert len(proposals(made)) == 1
    look = Call("list", {"kind": "deployments", "namespace": "*"})
    async with asked(looking, "scale cart", look, propose(SCALE | {"name": "cart", "namespace": "staging"})) as made:
        assert len(proposals(made)) == 1


async def test_who_looks_at_all_namespaces_looks_everywhere_unless_a_text_gave_orders(looking: Looking) -> None:
    look, there = Call("list", {"kind": "deployments"}), propose(SCALE | {"namespace": "staging"})
    async with asked(looking, "scale web where it is needed", look, there, focus=EVERYWHERE) as made:
        assert len(proposals(made)) == 1
    async with asked(looking, "scale web", look, there, focus=EVERYWHERE, doubt="a text gave orders") as made:
        assert proposals(made) == []


async def test_a_namespace_that_is_only_guessed_is_refused_everywhere(looking: Looking) -> None:
    async with asked(looking, "scale web", propose(SCALE | {"namespace": "staging"}), focus=EVERYWHERE) as made:
        assert '"staging" was neither named' in made.results[0].result


async def test_what_a_plan_makes_first_may_be_filled(looking: Looking) -> None:
    space = {
        "operation": "create",
        "manifest": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "brand-new"}},
    }
    async with asked(looking, "make a place for tests", propose(space, settings("level", "brand-new"))) as made:
        assert len(proposals(made)) == 1


async def test_of_several_namespaces_in_view_the_plan_may_go_to_each_and_to_no_other(looking: Looking) -> None:
    both, cart = Focus("prod", "shop,staging", "pods"), SCALE | {"name": "cart", "namespace": "staging"}
    look = Call("list", {"kind": "deployments"})
    for step in (SCALE | {"namespace": "shop"}, cart, settings("new", "staging")):
        async with asked(looking, "do what is needed", look, propose(step), focus=both) as made:
            assert len(proposals(made)) == 1
            assert "The person looks at namespaces shop and staging, the table of pods" in made.sent(0)[0]["content"]
    other = Focus("prod", "shop,default")
    everywhere = Call("list", {"kind": "deployments", "namespace": "*"})
    for step in (cart, settings("new", "staging")):
        async with asked(looking, "do what is needed", everywhere, propose(step), focus=other) as made:
            assert proposals(made) == []
            assert "namespace staging is not what the person looks at" in made.results[1].result


async def test_a_manifest_without_a_namespace_does_not_leave_the_several_in_view(looking: Looking) -> None:
    manifest = settings("new")["manifest"] | {"metadata": {"name": "new"}}
    step = {"operation": "apply", "manifest": manifest}
    async with asked(looking, "make settings", propose(step), focus=Focus("prod", "shop,staging")) as made:
        assert proposals(made) == []
        assert "default" in made.results[0].result

"""Changes that the built-in engine proposes on the demo's clusters; each is tried by the server and none is made."""

from collections.abc import AsyncIterator, Sequence

import pytest

from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    ChoicesOffered,
    Finished,
    Focus,
    Message,
    PlanProposed,
    TextDelta,
    ToolFinished,
)
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Tier, Verb
from kubegenie_tui.genie.genie import Genie
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.proposing.conftest import Looking

PROD = Focus("prod-eu")


@pytest.fixture
async def agents(prod_world: World) -> AsyncIterator[Agents]:
    async with serving(prod_world) as server, agent_of(server, "prod-eu") as prod:
        yield Agents({"prod-eu": prod})


@pytest.fixture
def genie(agents: Agents, looking: Looking) -> Genie:
    return Genie(agents, None, looking(agents))


async def ask(genie: Genie, text: str, focus: Focus = PROD) -> list[ChatEvent]:
    return [event async for event in genie.ask(text, focus)]


def said(events: Sequence[ChatEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def proposals(events: Sequence[ChatEvent]) -> list[PlanProposed]:
    return [event for event in events if isinstance(event, PlanProposed)]


@pytest.mark.parametrize(
    ("text", "title", "tier"),
    [
        ("scale checkout to 5", "Scale deployment shop/checkout from 3 to 5", Tier.REVERSIBLE),
        ("scale checkout to 0", "Scale deployment shop/checkout from 3 to 0", Tier.DISRUPTIVE),
        ("restart deployment frontend in shop", "Restart deployment shop/frontend", Tier.REVERSIBLE),
        ("delete pod checkout-db-0 in shop", "Delete pod shop/checkout-db-0", Tier.DISRUPTIVE),
        ("cordon node-2", "Cordon node node-2", Tier.REVERSIBLE),
        (
            "set image of frontend to shop/frontend:9.9.9",
            "Set frontend to shop/frontend:9.9.9 in deployment shop/frontend",
            Tier.DISRUPTIVE,
        ),
        ("suspend cronjob reconcile", "Suspend cronjob payments/reconcile", Tier.REVERSIBLE),
        ("label deployment checkout with team=Red", "Label deployment shop/checkout with team=Red", Tier.REVERSIBLE),
        ("kubectl delete ns search", "Delete namespace search", Tier.DESTRUCTIVE),
        ("skaliere checkout auf 5", "Scale deployment shop/checkout from 3 to 5", Tier.REVERSIBLE),
        ("lösche den Pod checkout-db-0 in shop", "Delete pod shop/checkout-db-0", Tier.DISRUPTIVE),
    ],
)
async def test_a_wish_becomes_a_plan_that_waits_for_a_person(genie: Genie, text: str, title: str, tier: Tier) -> None:
    events = await ask(genie, text)
    [proposed] = proposals(events)
    assert (proposed.plan.title, proposed.tier, proposed.plan.asked_by) == (title, tier, "genie")
    assert events[-2:] == [proposed, Finished("built-in")]
    assert "Nothing is changed until you say yes." in said(events)


async def test_roll_back_goes_to_the_revision_before(genie: Genie) -> None:
    [proposed] = proposals(await ask(genie, "roll back checkout"))
    assert proposed.plan.title.startswith("Roll deployment shop/checkout back to revision ")
    assert proposed.tier is Tier.DISRUPTIVE


async def test_proposing_changes_nothing(genie: Genie, prod_world: World) -> None:
    before = prod_world.cluster.revision
    await ask(genie, "delete pod checkout-db-0 in shop")
    assert prod_world.cluster.revision == before


async def test_several_wishes_are_proposed_in_their_order(genie: Genie) -> None:
    events = await ask(genie, "restart checkout and delete deployment frontend in shop")
    assert [each.plan.title for each in proposals(events)] == [
        "Restart deployment shop/checkout",
        "Delete deployment shop/frontend",
    ]


async def test_what_else_is_asked_for_is_answered_after_the_change(genie: Genie) -> None:
    events = await ask(genie, "restart checkout in shop, then list the services in payments")
    assert [each.plan.title for each in proposals(events)] == ["Restart deployment shop/checkout"]
    assert "services** in namespace payments" in said(events[events.index(proposals(events)[0]) :])


async def test_what_is_not_there_yet_is_looked_at_once_it_is_made(genie: Genie) -> None:
    text = "create deployment demo with image nginx:1.27 in shop and expose it on port 80"
    events = await ask(genie, text)
    assert [each.plan.title for each in proposals(events)] == ["Create deployment shop/demo"]
    assert "To expose `demo` can be looked at once it is there" in said(events)


async def test_keys_of_a_config_map_are_set_and_removed(genie: Genie) -> None:
    events = await ask(genie, "set mode to fast in configmap checkout-config")
    [proposal] = proposals(events)
    [step] = proposal.plan.steps
    assert step.body == {"data": {"mode": "fast"}}


async def test_more_or_fewer_replicas_are_counted_from_what_is_there(genie: Genie) -> None:
    [proposal] = proposals(await ask(genie, "add 2 replicas to checkout"))
    assert proposal.plan.title == "Scale deployment shop/checkout from 3 to 5"
    [proposal] = proposals(await ask(genie, "double checkout in shop"))
    assert proposal.plan.title == "Scale deployment shop/checkout from 3 to 6"


async def test_a_variable_is_set(genie: Genie) -> None:
    [proposal] = proposals(await ask(genie, 'set GREETING="good day" on deployment catalog in shop'))
    assert proposal.plan.title == "Set GREETING in the environment of deployment shop/catalog"
    assert proposal.command.startswith("kubegenie do env deployments.apps/catalog 'GREETING=good day' -n shop")


async def test_a_tag_is_put_behind_the_image_that_runs(genie: Genie) -> None:
    [proposal] = proposals(await ask(genie, "update catalog to tag 9.9"))
    assert proposal.plan.title.endswith(":9.9 in deployment shop/catalog")


@pytest.mark.parametrize(
    ("text", "words", "understood"),
    [
        ("scale checkout", "To how many replicas?", False),
        ("scale node-1 to 3", "There is no node-1 that this can be done to", False),
        ("scale checkout to 3", "3 replicas already", True),
        ("don't scale checkout to 0", "You said not to", True),
        ("skaliere checkout nicht auf 0", "You said not to", True),
        ("wie skaliere ich checkout?", "Say what you want", True),
        ("skaliere checkout auf 3", "3 replicas already", True),
        ("how do I scale checkout?", "Say what you want", True),
        ("scale checkout to 9999999", "Replicas is from 0 to", True),
        ("set image of checkout to", "To which image?", False),
    ],
)
async def test_what_makes_no_plan_is_said_and_nothing_is_proposed(
    genie: Genie, text: str, words: str, understood: bool
) -> None:
    events = await ask(genie, text)
    assert words in said(events)
    assert not proposals(events)
    assert events[-1] == Finished("built-in", understood=understood)


@pytest.mark.parametrize("text", ["delete checkout", "lösche checkout"])
async def test_a_name_of_several_things_is_asked_back_and_the_pick_is_proposed(genie: Genie, text: str) -> None:
    events = await ask(genie, text)
    [offer] = [event for event in events if isinstance(event, ChoicesOffered)]
    assert {ref.kind for ref in offer.choices} >= {"deployments.apps", "services"}
    assert not proposals(events)
    picked = next(ref for ref in offer.choices if ref.kind == "services")
    [proposed] = proposals(await ask(genie, text, Focus("prod-eu", "shop", "services", picked)))
    assert proposed.plan.title == "Delete service shop/checkout"


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("restart everything in shop but frontend", "deployments.apps", "Restart deployment shop/"),
        ("delete the failing pods, but not recommender", "pods", "Delete pod "),
        ("restart the unhealthy deployments", "deployments.apps", "Restart deployment "),
        ("lösche frontend in shop", "deployments.apps", "Delete deployment "),
    ],
)
async def test_of_several_that_are_not_named_one_is_picked(genie: Genie, text: str, kind: str, title: str) -> None:
    events = await ask(genie, text)
    [offer] = [event for event in events if isinstance(event, ChoicesOffered)]
    assert offer.choices[0].kind == kind
    assert not [ref for ref in offer.choices if ref.name.startswith(("frontend", "recommender")) and "but" in text]
    assert not proposals(events)
    picked = Focus("prod-eu", "", kind, offer.choices[0])
    again = [event async for event in genie.ask(text, picked, [Message("user", text, 1.0)])]
    [proposed] = proposals(again)
    assert proposed.plan.title.startswith(f"{title}")


async def test_a_slip_is_asked_back_and_never_taken(genie: Genie) -> None:
    events = await ask(genie, "scale chekout to 5")
    [offer] = [event for event in events if isinstance(event, ChoicesOffered)]
    assert [ref.name for ref in offer.choices] == ["checkout"]
    assert not proposals(events)


async def test_this_is_the_marked_row(genie: Genie) -> None:
    marked = Focus("prod-eu", "shop", "deployments.apps", ObjectRef("deployments.apps", "frontend", "shop", "prod-eu"))
    [proposed] = proposals(await ask(genie, "restart this", marked))
    assert proposed.plan.title == "Restart deployment shop/frontend"
    assert not proposals(await ask(genie, "delete this pod", marked))


async def test_a_read_only_cluster_says_so_and_offers_nothing(prod_world: World, looking: Looking) -> None:
    async with serving(prod_world) as server, agent_of(server, "prod-eu", read_only=True) as prod:
        agents = Agents({"prod-eu": prod})
        events = await ask(Genie(agents, None, looking(agents)), "scale checkout to 5")
    assert "`prod-eu` is read-only here" in said(events)
    assert not [event for event in events if isinstance(event, PlanProposed | ToolFinished)]


async def test_a_cause_comes_with_what_ends_it_where_that_is_certain(genie: Genie, prod_world: World) -> None:
    before = prod_world.cluster.revision
    [proposed] = proposals(await ask(genie, "why is checkout failing?"))
    assert proposed.plan.title.startswith("Roll deployment shop/checkout back to revision ")
    assert (proposed.plan.asked_by, proposed.tier) == ("genie", None)
    assert prod_world.cluster.revision == before
    assert not proposals(await ask(genie, "why is reviews failing?"))


async def test_only_who_asks_about_a_suspended_job_is_offered_to_resume_it(genie: Genie, prod_world: World) -> None:
    prod_world.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "nightly"}})
    spec = {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": {"template": {"spec": {}}}}}
    metadata = {"name": "archive", "namespace": "nightly"}
    prod_world.cluster.create({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec})
    assert not proposals(await ask(genie, "what is wrong in nightly?"))
    [proposed] = proposals(await ask(genie, "why does cronjob archive not run?"))
    assert proposed.plan.title == "Resume cronjob nightly/archive"


async def test_of_several_causes_one_is_offered_a_remedy(genie: Genie) -> None:
    assert len(proposals(await ask(genie, "what is wrong in payments?"))) == 1


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("label deployment checkout with team=Red tier-", "label deployments.apps/checkout team=Red tier- -n shop"),
        (
            "set image of frontend to shop/frontend:9",
            "image deployments.apps/frontend frontend=shop/frontend:9 -n shop",
        ),
        ("cordon node-2", "cordon nodes/node-2"),
    ],
)
async def test_each_proposal_has_a_command(genie: Genie, text: str, command: str) -> None:
    [proposed] = proposals(await ask(genie, text))
    assert proposed.command == f"kubegenie do {command} --context prod-eu"


async def test_the_command_proposes_the_same(genie: Genie) -> None:
    [proposed] = proposals(await ask(genie, "scale checkout to 5"))
    assert proposed.command == ("kubegenie do scale deployments.apps/checkout replicas=5 -n shop --context prod-eu")
    [step] = proposed.plan.steps
    assert (step.verb, step.body, step.subresource) == (Verb.PATCH, {"spec": {"replicas": 5}}, "scale")

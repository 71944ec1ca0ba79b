"""Lists without some: what is left out is turned round, or it is said that it was not."""

import pytest

from kubegenie_tui.genie.offline.engine import understand
from tests.unit.genie.played_reader import played_scope


@pytest.mark.parametrize(
    ("said", "kind", "terms"),
    [
        ("pods not in kube-system", "pods", ("!NAMESPACE:^kube-system$",)),
        ("list pods excluding kube-system and shop", "pods", ("!NAMESPACE:^kube-system$", "!NAMESPACE:^shop$")),
        ("which pods are not on node-1?", "pods", ("!NODE:^node-1$",)),
        ("deployments in shop except cart", "deployments.apps", ("!NAME:^cart$",)),
        ("all pods but the completed ones", "pods", ("!STATUS:^(Completed|Succeeded)$",)),
        ("pods in shop other than those of web", "pods", (r"!NAME:^web-\d+$",)),
        ("pods without the label app=web", "pods", ("!app=web",)),
        ("pods that don't use nginx:1.25", "pods", (r"!IMAGES:nginx:1\.25",)),
        ("which pods are not completed in shop?", "pods", ("!STATUS:^(Completed|Succeeded)$",)),
        ("jobs that haven't finished", "jobs.batch", ("!STATUS:Complete",)),
        ("pods not older than 2 days", "pods", ("!AGE:>2d",)),
        ("nodes not cordoned", "nodes", ("!STATUS:SchedulingDisabled",)),
        ("namespaces except default", "namespaces", ("!NAME:^default$",)),
        ("pods with tier!=web", "pods", ("tier!=web",)),
        ("pods not ready", "pods", ()),
        ("pods that never restarted", "pods", ("RESTARTS:=0",)),
        ("show all pods but sort by age", "pods", ()),
    ],
)
async def test_what_is_left_out_is_turned_round(said: str, kind: str, terms: tuple[str, ...]) -> None:
    intent = await understand(played_scope(), [said])
    assert (intent.verb, intent.kind, intent.details.terms) == ("list", kind, terms)


@pytest.mark.parametrize(
    ("said", "verb"),
    [
        ("pods in shop except nosuch", "list"),
        ("show everything in shop but the jobs", "overview"),
        ("pods not restarted in the last day", "list"),
        ("events not in kube-system", "events"),
        ("top pods except in kube-system", "top"),
        ("deployments without limits except in kube-system", "list"),
    ],
)
async def test_it_is_said_what_could_not_be_left_out(said: str, verb: str) -> None:
    intent = await understand(played_scope(), [said])
    assert (intent.verb, intent.namespace == "kube-system") == (verb, False)
    assert "I do not know how to leave out" in intent.note


async def test_a_change_of_those_in_a_state_offers_no_others() -> None:
    intent = await understand(played_scope(), ["delete all completed pods in shop but not web"])
    assert (intent.verb, intent.choices, intent.reply) == ("change", (), "No pods are completed there.")

"""A diagnosis by some rules only: by their ids or their groups, and the result says which."""

import json
from pathlib import Path

import pytest

from kubegenie_tui.diagnostics.choosing import GROUPS, chosen_rules
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.genie.reading.diagnosing import Verdict, diagnose_object, diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.serving import ServedTools
from kubegenie_tui.genie.tools.toolbox import Toolbox
from kubegenie_tui.llm.backend import CallReady
from kubegenie_tui.store.store import Store


async def found(scope: Scope, *analyzers: str) -> Verdict:
    verdict: Verdict = (await diagnose_scope(scope, "shop", analyzers=analyzers)).data
    return verdict


async def told(scope: Scope, **arguments: object) -> str:
    toolbox = Toolbox(scope)
    await toolbox.open()
    return (await toolbox.run(CallReady("1", "diagnose", json.dumps(arguments)))).text


async def test_rules_and_groups_are_looked_at_alone(prod: Scope) -> None:
    every = {each.rule for each in (await found(prod)).findings}
    assert "missing-secret-key" in every
    assert every - set(GROUPS["configuration"])
    alone = await found(prod, "missing-secret-key")
    assert {each.rule for each in alone.findings} == {"missing-secret-key"}
    assert alone.rules == ("missing-secret-key",)
    of_group = {each.rule for each in (await found(prod, "Configuration")).findings}
    assert of_group == every & set(GROUPS["configuration"])


async def test_the_result_says_that_only_these_were_looked_at(prod: Scope) -> None:
    line = "only these rules were looked at: missing-secret-key"
    assert line in await told(prod, namespace="shop", analyzers=["missing-secret-key"])
    assert line in await told(prod, namespace="shop", analyzers="missing-secret-key")
    one = await told(prod, kind="deployments", name="checkout", namespace="shop", analyzers=["missing-secret-key"])
    assert line in one
    assert "[missing-secret-key]" in one
    assert "nothing wrong found in namespace shop" in await told(prod, namespace="shop", analyzers=["port-in-use"])
    assert "only these" not in await told(prod, namespace="shop")


async def test_a_rule_that_is_none_names_those_that_are(prod: Scope) -> None:
    with pytest.raises(UsageError, match='no rule "missing-secrt" · did you mean missing-secret'):
        await diagnose_scope(prod, "shop", analyzers=["missing-secrt"])
    with pytest.raises(UsageError, match=r"groups: configuration, images, .*rules: .*crash-loop"):
        await diagnose_object(prod, "deployments", "checkout", "shop", analyzers=["weather"])


async def test_what_a_rule_finds_is_told_where_another_would_explain_it(prod: Scope) -> None:
    """A Service without pods is a consequence of what its pods crash of; asked for alone, it is told."""
    every, network = await found(prod), await found(prod, "network")
    assert {each.rule for each in network.findings} >= {each.rule for each in every.findings} & set(GROUPS["network"])


async def test_a_program_outside_may_ask_for_some_too(prod: Scope, tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kept" / "kubegenie.db")
    tools = ServedTools(prod, store.proposals)
    await tools.open()
    [offer] = [each for each in await tools.offers() if each.name == "diagnose"]
    assert "making-pods" in offer.parameters["properties"]["analyzers"]["description"]
    said = await tools.call("diagnose", {"namespace": "shop", "analyzers": ["images"]}, "")
    assert "only these rules were looked at: image-never-pulled, " in said.text
    await store.close()


def test_names_are_taken_as_they_are_written() -> None:
    assert chosen_rules(()) == frozenset()
    assert chosen_rules(("Making pods",)) == chosen_rules(("making-pods",)) == frozenset(GROUPS["making-pods"])
    assert chosen_rules((" crash-loop ", "nodes")) == {"crash-loop", *GROUPS["nodes"]}

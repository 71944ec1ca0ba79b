"""What the look-ups bring of the demo's production cluster."""

import json

import msgspec
import pytest

from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import Focus, ShowRequested
from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.diagnosing import Verdict, diagnose_object, diagnose_scope
from kubegenie_tui.genie.reading.events import read_events
from kubegenie_tui.genie.reading.listing import count_rows, list_rows
from kubegenie_tui.genie.reading.logs import Log, LogRequest, read_logs
from kubegenie_tui.genie.reading.objects import describe, get_object
from kubegenie_tui.genie.reading.overview import overview
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.reading.searching import MOST_FOUND, search
from kubegenie_tui.genie.reading.usage import top
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.genie.tools.toolbox import validated
from kubegenie_tui.llm.backend import CallReady


def looking_at(scope: Scope, namespace: str) -> Scope:
    return msgspec.structs.replace(scope, focus=Focus(scope.reader.name, namespace))


def pods(world: World, namespace: str = "") -> list[Object]:
    return list(world.cluster.list("pods", namespace))


async def test_a_list_states_scope_total_and_what_is_shown(prod: Scope, prod_world: World) -> None:
    total = len(pods(prod_world))
    result = await list_rows(prod, "po", limit=5)
    assert result.summary == f"{total} pods in all namespaces"
    assert f"the first 5 of {total} shown" in result.text
    assert len(result.text.splitlines()) == 7
    assert result.show == ShowRequested("pods")


async def test_a_list_is_filtered_and_sorted_as_the_tables_are(prod: Scope) -> None:
    result = await list_rows(prod, "pods", "*", filter_text="RESTARTS:>5", sort="restarts", descending=True)
    rows = list(result.data.shown)
    restarts = [row.cells[2] for row in rows]
    assert restarts == sorted(restarts, reverse=True)
    assert all(count > 5 for count in restarts)
    assert rows[0].name.startswith("stream-bridge-")


async def test_one_namespace_is_enough_and_the_one_in_view_is_meant(prod: Scope, prod_world: World) -> None:
    number = len(pods(prod_world, "shop"))
    for result in (await count_rows(prod, "pods", "shop"), await count_rows(looking_at(prod, "shop"), "pods")):
        assert result.summary == f"{number} of {number} pods in namespace shop"
    everywhere = await count_rows(looking_at(prod, "shop"), "pods", "*")
    assert everywhere.data[1] == len(pods(prod_world))


async def test_counts_by_group_add_up(prod: Scope, prod_world: World) -> None:
    for group_by in ("STATUS", "namespace", "node", "owner", "label:app"):
        found, total, groups = (await count_rows(prod, "pods", group_by=group_by)).data
        assert found == total == sum(groups.values()) == len(pods(prod_world))
    assert groups["checkout"] == 4


async def test_cluster_kinds_know_no_namespace(prod: Scope) -> None:
    result = await list_rows(looking_at(prod, "shop"), "nodes")
    assert result.summary == "12 nodes"


@pytest.mark.parametrize(
    ("kind", "terms", "complaint"),
    [
        ("podz", "", "did you mean"),
        ("", "", "No kind was named"),
        ("pods", "RESTARTS:>many", "cannot be used"),
    ],
)
async def test_what_cannot_be_understood_is_said(prod: Scope, kind: str, terms: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        await list_rows(prod, kind, filter_text=terms)


async def test_workloads_are_sorted_by_their_replicas_which_no_column_is_called(prod: Scope) -> None:
    result = await list_rows(prod, "deployments", "*", sort="replicas", descending=True)
    replicas = [int(row.cells[2]) for row in result.data.shown]
    assert len(set(replicas)) > 1
    assert replicas == sorted(replicas, reverse=True)


async def test_a_column_that_is_not_there_is_named_with_those_that_are(prod: Scope) -> None:
    with pytest.raises(UsageError, match="STATUS, RESTARTS"):
        await list_rows(prod, "pods", sort="colour")


async def test_the_logs_of_a_workload_are_those_of_its_worst_pod(prod: Scope) -> None:
    result = await read_logs(prod, "deployments", "checkout")
    log: Log = result.data
    assert log.pod.name.startswith("checkout-")
    assert "DATABASE_URL is not set" in result.text
    assert result.show == ShowRequested("pods", "shop", "", log.pod.name, "logs")


async def test_logs_are_cut_and_searched(prod: Scope) -> None:
    few = await read_logs(prod, "statefulsets", "kafka", "data", LogRequest(tail=4))
    assert len(few.data.lines) == 4
    found = await read_logs(prod, "deploy", "checkout", None, LogRequest(grep="fatal"))
    assert [line for line in found.data.lines if "FATAL" not in line] == []
    assert found.summary.startswith("1 lines matching `fatal`")


@pytest.mark.parametrize(("kind", "name"), [("services", "checkout"), ("nodes", "node-1"), ("secrets", "checkout-db")])
async def test_what_has_no_logs_says_so(prod: Scope, kind: str, name: str) -> None:
    with pytest.raises(UsageError, match="has no logs"):
        await read_logs(prod, kind, name)


async def test_a_container_that_is_not_there_is_named_with_those_that_are(prod: Scope) -> None:
    with pytest.raises(UsageError, match="containers: checkout"):
        await read_logs(prod, "deployments", "checkout", None, LogRequest("sidecar"))


async def test_events_are_of_an_object_and_what_it_made(prod: Scope) -> None:
    result = await read_events(prod, kind_name="deployments", name="checkout", warnings_only=True)
    assert result.data
    assert all("checkout" in event.object for event in result.data)
    assert {event.type for event in result.data} == {"Warning"}
    everything = await read_events(prod, kind_name="deployments", name="checkout")
    assert len(everything.data) > len(result.data)
    times = [event.at for event in everything.data]
    assert times == sorted(times, reverse=True)


async def test_use_is_sorted_and_summed(prod: Scope) -> None:
    result = await top(prod, "pods", "monitoring", sort="memory", limit=3)
    assert result.data[0].name.startswith("prometheus-")
    assert len(result.data) == 3
    head, titles, *lines = result.text.splitlines()
    assert head.endswith("; the first 3 by memory shown")
    assert (titles, [line.split(" | ")[1] for line in lines]) == (
        "NAMESPACE | NAME | CPU | MEMORY", [used.name for used in result.data],
    )  # fmt: skip
    everything = await top(prod, "pods", "monitoring", limit=0)
    assert len(everything.data) > 3
    assert result.summary.startswith(f"use of {len(everything.data)} pods in namespace monitoring: ")
    assert f"; the first {len(everything.data)} by cpu shown" in everything.text
    assert [used.memory for used in result.data] == sorted((u.memory for u in result.data), reverse=True)
    assert len((await top(prod, "nodes")).data) == 12
    with pytest.raises(UsageError, match="not measured"):
        await top(prod, "services")


async def test_a_name_is_found_wherever_it_lives(prod: Scope) -> None:
    result = await get_object(looking_at(prod, "payments"), "deploy", "checkout", part="spec.replicas")
    assert "deployments.apps shop/checkout, spec.replicas" in result.text
    assert result.text.splitlines()[-1] == "3"


async def test_parts_are_found_by_jsonpath_and_fields_are_told_alone(prod: Scope) -> None:
    image = await get_object(prod, "deploy", "checkout", part="spec.template.spec.containers[0].image")
    assert image.text.splitlines()[1].startswith("registry.")
    asked = ["spec.replicas", "spec.template.spec.containers[*].name", "spec.colour"]
    few = await get_object(prod, "deploy", "checkout", fields=asked)
    head, *lines = few.text.splitlines()
    assert head.endswith("deployments.apps shop/checkout; nothing stands at spec.colour")
    assert lines == ["spec.replicas: 3", "spec.template.spec.containers[*].name:", "- checkout", "spec.colour: null"]
    with pytest.raises(UsageError, match=r"has no spec\.colour.*its parts: "):
        await get_object(prod, "deploy", "checkout", part="spec.colour")


async def got(scope: Scope, **arguments: object) -> str:
    call = CallReady("1", "get", json.dumps(arguments))
    return (await TOOLS["get"].run(scope, validated(TOOLS["get"], call))).text


async def test_the_short_facts_are_those_of_the_detail_without_what_is_long(prod: Scope) -> None:
    checkout = {"kind": "deployments", "name": "checkout", "namespace": "shop"}
    short, whole = (
        await got(prod, **checkout, view="summary"),
        (await describe(prod, "deploy", "checkout", "shop")).text,
    )
    assert short.splitlines()[0] == "cluster prod-eu: deployments.apps shop/checkout"
    assert "Ready: " in short
    assert "Conditions:" in short
    assert set(short.splitlines()) <= set(whole.splitlines())
    for title in ("Labels:", "Annotations:", "Events:"):
        assert title in whole
        assert title not in short
    assert "Behind it: 6 of 6 endpoints ready" in await got(prod, kind="services", name="frontend", view="summary")
    secret = await got(prod, kind="secrets", name="checkout-db", namespace="shop", view="summary")
    assert "dsn" in secret
    assert "postgres" not in secret


async def test_a_view_is_a_part_and_a_summary_has_none(prod: Scope) -> None:
    checkout = {"kind": "deployments", "name": "checkout", "namespace": "shop"}
    for view in ("spec", "status"):
        assert await got(prod, **checkout, view=view) == await got(prod, **checkout, part=view)
    assert await got(prod, **checkout, view="yaml") == await got(prod, **checkout)
    for more in ({"part": "spec"}, {"fields": ["spec.replicas"]}):
        with pytest.raises(UsageError, match="A summary is of the whole object"):
            await got(prod, **checkout, view="summary", **more)


async def test_a_name_that_nothing_has_brings_near_ones(prod: Scope) -> None:
    with pytest.raises(NotFound, match="did you mean checkout"):
        await describe(prod, "deployments", "chekout")


async def test_a_part_of_a_name_is_found_over_kinds_the_whole_name_first(prod: Scope) -> None:
    result = await search(prod, "Checkout", namespace="shop")
    kinds = {ref.kind for ref in result.data}
    assert {"deployments.apps", "pods", "services", "secrets"} <= kinds
    assert all("checkout" in ref.name for ref in result.data)
    whole = [ref.name == "checkout" for ref in result.data]
    assert whole == sorted(whole, reverse=True)
    assert result.text.splitlines()[0].endswith(
        f'objects with "Checkout" in their name in namespace shop; {len(whole)} shown'
    )


async def test_a_search_is_bounded_and_one_that_finds_nothing_brings_near_names(prod: Scope) -> None:
    many = await search(prod, "e", ["pods"], "*")
    assert len(many.data) == MOST_FOUND
    assert f"; {MOST_FOUND} shown" in many.text
    assert not many.summary.startswith(f"{MOST_FOUND} ")
    none = await search(prod, "chekout", ["deploy"], "shop")
    assert none.summary.startswith("0 objects")
    assert "near names: checkout" in none.text
    assert "searched: deployments" in none.text


async def test_a_search_for_nothing_is_refused(prod: Scope) -> None:
    with pytest.raises(UsageError, match="nothing to search for"):
        await search(prod, "  ")


async def test_a_name_in_several_namespaces_must_be_placed(prod: Scope, prod_world: World) -> None:
    spaces = {o["metadata"]["namespace"] for o in prod_world.cluster.list("configmaps")}
    assert len(spaces) > 1
    with pytest.raises(UsageError, match="several namespaces"):
        await get_object(prod, "configmaps", "kube-root-ca.crt")


async def test_a_description_tells_pods_and_events_and_names_secrets_without_their_values(prod: Scope) -> None:
    text = (await describe(prod, "deployments", "checkout")).text
    assert "CrashLoopBackOff" in text
    assert "ProgressDeadlineExceeded" in text
    assert "Env, secret → checkout-db" in text
    secret = (await describe(prod, "secrets", "checkout-db")).text
    assert "dsn" in secret
    assert "s3cr3t" not in secret


async def test_a_secret_is_masked_wherever_it_is_read(prod: Scope) -> None:
    result = await get_object(prod, "secrets", "checkout-db", "shop")
    assert 'username: "[redacted-' in result.text
    assert "s3cr3t" not in result.text


async def test_the_cause_of_a_failing_deployment_is_the_key_its_secret_lacks(prod: Scope) -> None:
    result = await diagnose_object(prod, "deployments", "checkout")
    verdict: Verdict = result.data
    [finding] = verdict.findings
    assert finding.root == ObjectRef("secrets", "checkout-db", "shop")
    assert 'has no key "url"' in finding.cause
    assert {evidence.ref.kind for evidence in finding.evidence} == {"pods", "deployments.apps", "secrets"}
    assert finding.next_steps
    assert verdict.checked > 50


async def test_what_is_well_is_said_to_be(prod: Scope) -> None:
    result = await diagnose_object(prod, "deployments", "frontend")
    assert result.summary.startswith("nothing wrong found with deployments.apps shop/frontend")
    assert result.data.findings == ()


async def test_a_namespace_is_checked_as_a_whole(prod: Scope) -> None:
    payments = (await diagnose_scope(prod, "payments")).data
    assert {ref.namespace for finding in payments.findings for ref in finding.affected} <= {"payments", ""}
    assert payments.findings
    everywhere = (await diagnose_scope(prod, "*")).data
    assert len(everywhere.findings) > len(payments.findings)


async def test_the_overview_counts_and_names_the_worst(prod: Scope, prod_world: World) -> None:
    result = await overview(prod)
    assert f"pods: {len(pods(prod_world))}" in result.text
    assert "failing: shop/checkout" in result.text
    shop = await overview(prod, "shop")
    assert shop.summary.startswith("namespace shop")
    assert "payments/" not in shop.text

import hashlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes.undo import open_undo
from kubegenie_tui.changes.undo_seal import load_undo_seal
from kubegenie_tui.domain.errors import Conflict, NotFound, UsageError
from kubegenie_tui.domain.plan import PatchType, Plan, Step, StepPreview, StepState, Verb
from kubegenie_tui.store import undo as undo_store
from kubegenie_tui.store.store import Store
from tests.unit.changes.bench import CONFIG_MAPS, DEPLOYMENTS, NODES, PODS, Bench, config_map, opened, patch, ref


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as found:
        yield found


def image(name: str, tag: str) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": name, "image": tag}]}}}}


def scale(replicas: int) -> Step:
    return patch(DEPLOYMENTS, "web", {"spec": {"replicas": replicas}}, subresource="scale")


LABEL = patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"tier": "a"}}})
STEPS = {
    "scale": scale(6),
    "scale to nothing": scale(0),
    "label": patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"tier": "a", "app": None}}}),
    "annotate": patch(DEPLOYMENTS, "web", {"metadata": {"annotations": {"example.com/note": "x"}}}),
    "image of the second container": patch(DEPLOYMENTS, "web", image("proxy", "p:2"), patch=PatchType.STRATEGIC),
    "a container taken away": patch(
        DEPLOYMENTS,
        "web",
        {"spec": {"template": {"spec": {"containers": [{"name": "web", "$patch": "delete"}]}}}},
        patch=PatchType.STRATEGIC,
    ),
    "pause": patch(DEPLOYMENTS, "web", {"spec": {"paused": True}}),
    "cordon": patch(NODES, "node-1", {"spec": {"unschedulable": True}}),
    "taint": patch(NODES, "node-1", {"spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]}}),
    "a key of a ConfigMap": patch(CONFIG_MAPS, "settings", {"data": {"colour": None, "shape": "round"}}),
    "apply": Step(
        Verb.APPLY, ref(CONFIG_MAPS, "settings"), config_map("settings", colour="red"), force=True, wait=False
    ),
    "delete a Deployment": Step(Verb.DELETE, ref(DEPLOYMENTS, "web"), wait=False),
    "delete a ConfigMap": Step(Verb.DELETE, ref(CONFIG_MAPS, "settings"), wait=False),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
async def test_an_undo_restores_what_was_there(bench: Bench, step: Step) -> None:
    before = await bench.get(step.ref.kind, step.ref.name)
    change = await bench.do(step)
    assert change.plan is not None
    await bench.take_back(change)
    assert await bench.get(step.ref.kind, step.ref.name) == before


async def test_what_was_created_is_gone_after_an_undo(bench: Bench) -> None:
    change = await bench.do(Step(Verb.CREATE, ref(CONFIG_MAPS, "new"), config_map("new"), wait=False))
    await bench.take_back(change)
    with pytest.raises(NotFound):
        await bench.get(CONFIG_MAPS, "new")


async def test_what_somebody_else_did_elsewhere_stays(bench: Bench) -> None:
    change = await bench.do(patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}}))
    bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "red", "size": "11"})
    await bench.take_back(change)
    assert (await bench.get(CONFIG_MAPS, "settings"))["data"] == {"colour": "blue", "size": "11"}


def secret(**data: str) -> dict[str, Any]:
    return {**config_map("db", **data), "kind": "Secret", "type": "Opaque"}


NEW_VALUE = patch("secrets", "db", {"data": {"password": "bmV3"}})


@pytest.mark.parametrize(
    "step", [NEW_VALUE, Step(Verb.DELETE, ref("secrets", "db"), wait=False)], ids=["a value", "a deletion"]
)
async def test_it_is_told_whether_a_secret_has_its_values_again(bench: Bench, step: Step) -> None:
    bench.server.cluster("prod").create(secret(password="b2xk", user="YQ=="))
    change = await bench.do(step)
    assert (change.plan, change.secrets) == (None, True)
    with pytest.raises(UsageError, match="the values of a Secret are not kept"):
        await bench.undo.plan_for(bench.agent, change.id)
    if step.verb is Verb.PATCH:
        bench.deleted_by_somebody_else("secrets", "db")
    bench.server.cluster("prod").create(secret(user="YQ==", password="b2xk"))
    with pytest.raises(
        UsageError, match=r"cannot be undone.*the values of secrets shop/db are what they were before it"
    ):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_a_secret_is_told_of_beside_what_can_be_undone(bench: Bench) -> None:
    bench.server.cluster("prod").create(secret(password="b2xk"))
    change = await bench.do(NEW_VALUE, LABEL)
    (note,) = (await bench.undo.plan_for(bench.agent, change.id)).notes
    assert note.text == "the values of secrets shop/db are not what they were before it"


async def test_of_the_values_of_a_secret_only_a_keyed_hash_is_kept(bench: Bench, tmp_path: Path) -> None:
    bench.server.cluster("prod").create(secret(password="b2xk"))
    await bench.do(NEW_VALUE)
    (row,) = await bench.store.undo.recent("prod")
    seal = await load_undo_seal(tmp_path)
    reversal = seal.open(row.steps[0])
    assert reversal.secret is not None
    told = ["values", "shop", "db", {"password": "b2xk"}]
    assert reversal.secret.hash == seal.keyed(told)
    text = msgspec.json.encode(reversal).decode()
    bare = [hashlib.sha256(each).hexdigest() for each in (b"old", b"b2xk", msgspec.json.encode(told))]
    assert not [each for each in ("b2xk", "bmV3", "old", *bare) if each in text]


def on_disk(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.rglob("*") if file.is_file())


async def test_what_was_there_before_a_change_is_on_the_disk_sealed_alone(bench: Bench, tmp_path: Path) -> None:
    words = {"colour": "canary-before-1", "size": "canary-beside-2"}
    bench.by_somebody_else(CONFIG_MAPS, "settings", data=words)
    change = await bench.do(patch(CONFIG_MAPS, "settings", {"data": {"colour": "canary-after-3"}}))
    deleted = await bench.do(Step(Verb.DELETE, ref(CONFIG_MAPS, "settings"), wait=False))
    await bench.store._database.fetch("PRAGMA wal_checkpoint")
    kept = on_disk(tmp_path)
    assert b"settings" in kept
    assert b"canary" not in kept
    assert change.plan is not None
    await bench.take_back(deleted)
    assert (await bench.get(CONFIG_MAPS, "settings"))["data"] == {**words, "colour": "canary-after-3"}


async def test_what_is_sealed_with_another_key_is_told(bench: Bench, tmp_path: Path) -> None:
    change = await bench.do(scale(4))
    (tmp_path / "undo.key").write_bytes(bytes(32))
    other = await open_undo(bench.store, tmp_path)
    ((known),) = await other.recent("prod")
    assert (known.plan, known.title) == (None, "A change")
    with pytest.raises(UsageError, match=r"cannot be opened.*undo\.key is another"):
        await other.plan_for(bench.agent, change.id)


async def test_an_undo_tells_what_changed_since_and_stays(bench: Bench) -> None:
    change = await bench.do(
        patch(CONFIG_MAPS, "settings", {"data": {"colour": "red", "shape": "round"}}), scale(6), LABEL
    )
    assert not (await bench.undo.plan_for(bench.agent, change.id)).notes
    bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "blue", "shape": "round", "size": "11"})
    preview = await bench.preview(await bench.undo.plan_for(bench.agent, change.id))
    assert [note.text for note in preview.checks if note.text.startswith("changed since")] == [
        'changed since, stays: data.colour of configmaps shop/settings: was "blue", you set "red", is "blue" now',
        'changed since, stays: data.size of configmaps shop/settings: was "10", you left it, is "11" now',
    ]


async def test_what_changed_since_a_scaling_is_told_in_a_few_lines(bench: Bench) -> None:
    change = await bench.do(scale(6))
    labels = {"app": "web", **{f"l{number}": "x" for number in range(5)}}
    live = bench.server.cluster("prod").collection(DEPLOYMENTS).items[("shop", "web")].object
    bench.by_somebody_else(DEPLOYMENTS, "web", metadata={**live["metadata"], "labels": labels})
    first, *_, last = notes = (await bench.undo.plan_for(bench.agent, change.id)).notes
    assert len(notes) == 4
    assert first.text.endswith(
        'metadata.labels.l0 of deployments.apps shop/web: was not there, you left it, is "x" now'
    )
    assert last.text == "changed since, stays: 2 more fields"


async def test_the_taint_that_comes_with_a_cordon_is_not_told(bench: Bench) -> None:
    change = await bench.do(patch(NODES, "node-1", {"spec": {"unschedulable": True}}))
    live = bench.server.cluster("prod").collection(NODES).items[("", "node-1")].object
    taints = [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]
    bench.by_somebody_else(NODES, "node-1", spec={**live["spec"], "taints": taints})
    assert not (await bench.undo.plan_for(bench.agent, change.id)).notes
    bench.by_somebody_else(NODES, "node-1", spec={**live["spec"], "taints": [*taints, {"key": "a", "effect": "b"}]})
    (note,) = (await bench.undo.plan_for(bench.agent, change.id)).notes
    assert "spec.taints of nodes node-1: was not there" in note.text


async def test_what_a_plan_changed_itself_is_not_told_as_changed_since(bench: Bench) -> None:
    change = await bench.do(
        patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}}),
        patch(CONFIG_MAPS, "settings", {"data": {"size": "20"}}),
    )
    assert not (await bench.undo.plan_for(bench.agent, change.id)).notes


async def test_an_undo_is_refused_where_somebody_else_changed_the_same_field(bench: Bench) -> None:
    change = await bench.do(patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}}))
    bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "green", "size": "10"})
    with pytest.raises(Conflict, match=r'data\.colour is "green" now, and was "red" after this change'):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_an_undo_of_what_is_as_it_was_already_is_not_needed(bench: Bench) -> None:
    change = await bench.do(patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}}))
    bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "blue", "size": "10"})
    with pytest.raises(UsageError, match="needs no undo"):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_an_undo_is_refused_for_another_object_of_the_same_name(bench: Bench) -> None:
    change = await bench.do(patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}}))
    cluster = bench.server.cluster("prod")
    bench.deleted_by_somebody_else(CONFIG_MAPS, "settings")
    with pytest.raises(Conflict, match="is gone"):
        await bench.undo.plan_for(bench.agent, change.id)
    cluster.create(config_map("settings", colour="red"))
    with pytest.raises(Conflict, match="another object by now"):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_a_deletion_is_not_undone_over_what_somebody_made_since(bench: Bench) -> None:
    change = await bench.do(Step(Verb.DELETE, ref(CONFIG_MAPS, "settings"), wait=False))
    bench.server.cluster("prod").create(config_map("settings", colour="red"))
    with pytest.raises(Conflict, match="another configmaps shop/settings by now"):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_a_deletion_that_is_not_over_cannot_be_undone_yet(bench: Bench) -> None:
    held = config_map("held")
    held["metadata"]["finalizers"] = ["example.com/wait"]
    bench.server.cluster("prod").create(held)
    change = await bench.do(Step(Verb.DELETE, ref(CONFIG_MAPS, "held"), wait=False))
    with pytest.raises(Conflict, match="still being deleted"):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_a_creation_that_is_gone_needs_no_undo(bench: Bench) -> None:
    change = await bench.do(Step(Verb.CREATE, ref(CONFIG_MAPS, "new"), config_map("new"), wait=False))
    bench.deleted_by_somebody_else(CONFIG_MAPS, "new")
    with pytest.raises(UsageError, match="needs no undo"):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_steps_are_taken_back_the_last_one_first(bench: Bench) -> None:
    before = await bench.get(CONFIG_MAPS, "settings")
    change = await bench.do(
        patch(CONFIG_MAPS, "settings", {"data": {"size": "20"}}),
        Step(Verb.DELETE, ref(DEPLOYMENTS, "web"), wait=False),
        Step(Verb.CREATE, ref(CONFIG_MAPS, "new"), config_map("new"), wait=False),
    )
    plan = await bench.undo.plan_for(bench.agent, change.id)
    assert [step.verb for step in plan.steps] == [Verb.DELETE, Verb.CREATE, Verb.PATCH]
    assert plan.asked_by == "undo"
    await bench.take_back(change)
    assert await bench.get(CONFIG_MAPS, "settings") == before


async def test_two_steps_on_one_field_are_no_conflict_with_each_other(bench: Bench) -> None:
    before = await bench.agent.get(bench.agent.kinds.resolve(CONFIG_MAPS), "settings", "shop")
    states = [before, *({**before, "data": {**before["data"], "colour": colour}} for colour in ("red", "green"))]
    steps = [StepPreview(patch(CONFIG_MAPS, "settings", {}), old, new, ()) for old, new in itertools.pairwise(states)]
    plan = Plan("Twice", "prod", tuple(step.step for step in steps))
    written = bench.undo.written(plan)
    for seq, step in zip((1, 3), steps, strict=True):
        await written.begin(seq, step)
        await written.confirm(seq, step, "", step.after or {})
    (change,) = await bench.undo.recent("prod")
    bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "green", "size": "10"})
    first, second = (await bench.undo.plan_for(bench.agent, change.id)).steps
    assert (first.body, second.body) == ({"data": {"colour": "red"}}, {"data": {"colour": "blue"}})


async def test_what_cannot_be_taken_back_is_said_beside_what_can(bench: Bench) -> None:
    change = await bench.do(
        patch(NODES, "node-1", {"spec": {"unschedulable": True}}),
        Step(Verb.CREATE, ref(PODS, "pod-0"), eviction("pod-0"), subresource="eviction", wait=False),
    )
    assert change.plan is not None
    assert [step.ref.kind for step in change.plan.steps] == [NODES]
    assert "evicted pod does not come back" in change.why_not


def eviction(name: str) -> dict[str, Any]:
    return {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": "shop"}}


async def test_what_cannot_be_taken_back_at_all_is_refused_with_the_reason(bench: Bench) -> None:
    change = await bench.do(
        Step(Verb.CREATE, ref(PODS, "pod-0"), eviction("pod-0"), subresource="eviction", wait=False)
    )
    assert change.plan is None
    with pytest.raises(UsageError, match="does not come back"):
        await bench.undo.plan_for(bench.agent, change.id)


async def test_a_change_is_undone_once_and_an_undo_can_be_undone(bench: Bench) -> None:
    change = await bench.do(patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}}), title="Paint it red")
    await bench.take_back(change)
    with pytest.raises(UsageError, match="undone already"):
        await bench.undo.plan_for(bench.agent, change.id)
    latest, first = await bench.undo.recent("prod")
    assert (latest.title, first.title, first.undone) == ("Undo: Paint it red", "Paint it red", True)
    await bench.take_back(latest)
    assert (await bench.get(CONFIG_MAPS, "settings"))["data"]["colour"] == "red"
    redone = (await bench.undo.recent("prod"))[0]
    assert redone.title == "Redo: Paint it red"
    assert redone.plan is not None
    assert redone.plan.title == "Undo: Paint it red"


async def test_each_cluster_has_its_own(bench: Bench) -> None:
    change = await bench.do(scale(4))
    assert await bench.undo.recent("staging") == []
    await bench.undo.record_of_helm(Plan("elsewhere", "staging", ()), [])
    (elsewhere,) = await bench.undo.recent("staging")
    with pytest.raises(UsageError, match="not remembered"):
        await bench.undo.plan_for(bench.agent, elsewhere.id)
    with pytest.raises(UsageError, match="not remembered"):
        await bench.undo.plan_for(bench.agent, change.id + 99)


async def test_only_the_steps_that_were_done_are_kept(bench: Bench) -> None:
    plan = Plan("Half", "prod", (scale(5), patch(CONFIG_MAPS, "settings", {"data": {"size": "1"}})))
    preview = await bench.preview(plan)
    approval = bench.gate.approve(preview, "test", preview.confirm)
    async for news in bench.gate.carry_out(bench.agent, preview, approval):
        if (news.step, news.state) == (0, StepState.DONE):
            bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "green"})
    assert news.error is not None
    (change,) = await bench.undo.recent("prod")
    assert change.plan is not None
    assert [step.ref.kind for step in change.plan.steps] == [DEPLOYMENTS]


async def test_there_is_room_for_so_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_store, "KEPT", 3)
    for number in range(5):
        await store.undo.add(1.0, "prod", str(number), b"x")
    assert [row.title for row in await store.undo.recent("prod")] == ["4", "3", "2"]


async def test_there_is_room_for_so_much_and_for_the_latest_always(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_store, "KEPT_BYTES", 100)
    for number, size in enumerate((60, 30, 30, 30)):
        await store.undo.add(1.0, "prod", str(number), b"x" * size)
    assert [row.title for row in await store.undo.recent("prod")] == ["3", "2", "1"]
    await store.undo.add(1.0, "prod", "4", b"x" * 1000)
    assert [row.title for row in await store.undo.recent("prod")] == ["4"]

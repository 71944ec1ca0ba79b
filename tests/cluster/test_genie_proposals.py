"""Changes that the genie proposes on a real control plane: nothing happens before the yes, and then what was shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kubernetes import client

from kubegenie_tui.domain.conversation import Focus, PlanProposed
from kubegenie_tui.domain.plan import StepState
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.store.store import Store
from tests.cluster.gated import Gated, Gating
from tests.cluster.test_gate import deployed
from tests.cluster.test_genie_causes import OneCluster
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


@pytest.fixture
async def bench(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Gated]:
    async with Gating(control_plane, tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("text", "title", "label", "replicas"),
    [
        ("scale web to 2", "Scale deployment {}/web from 1 to 2", None, 2),
        ("label deployment web with team=Red", "Label deployment {}/web with team=Red", "Red", 1),
    ],
)
async def test_a_wish_is_made_when_a_person_says_yes(
    bench: Gated, official: client.ApiClient, namespace: str, text: str, title: str, label: str | None, replicas: int
) -> None:
    deployed(official, namespace)
    apps = client.AppsV1Api(official)

    genie = Genie(OneCluster(bench.agent), None, bench.look)
    before = apps.read_namespaced_deployment("web", namespace).metadata.generation
    events = [event async for event in genie.ask(text, Focus(bench.agent.name, namespace))]
    [proposed] = [event for event in events if isinstance(event, PlanProposed)]
    assert (proposed.plan.title, proposed.plan.asked_by) == (title.format(namespace), "genie")
    live = apps.read_namespaced_deployment("web", namespace)
    assert (live.metadata.generation, live.metadata.labels) == (before, None)
    news = await bench.carry_out(await bench.look(proposed.plan))
    assert news[-1].state is StepState.DONE
    live = apps.read_namespaced_deployment("web", namespace)
    assert (live.spec.replicas, (live.metadata.labels or {}).get("team")) == (replicas, label)
    [entry, *_] = await bench.audit.entries(10)
    assert entry.asked_by == "genie"


APPLIED = """apply this:
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: high}
"""


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("create configmap settings with level=high", "Create configmap {}/settings"),
        (APPLIED, "Apply configmap {}/settings"),
    ],
)
async def test_what_is_written_out_is_made_when_a_person_says_yes(
    bench: Gated, official: client.ApiClient, namespace: str, text: str, title: str
) -> None:
    core = client.CoreV1Api(official)

    genie = Genie(OneCluster(bench.agent), None, bench.look)
    events = [event async for event in genie.ask(text, Focus(bench.agent.name, namespace))]
    [proposed] = [event for event in events if isinstance(event, PlanProposed)]
    assert proposed.plan.title == title.format(namespace)
    assert "settings" not in {each.metadata.name for each in core.list_namespaced_config_map(namespace).items}
    news = await bench.carry_out(await bench.look(proposed.plan))
    assert news[-1].state is StepState.DONE
    assert core.read_namespaced_config_map("settings", namespace).data == {"level": "high"}


async def test_a_patch_that_a_conversation_kept_is_made_on_another_day(
    bench: Gated, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    deployed(official, namespace)
    apps = client.AppsV1Api(official)

    genie = Genie(OneCluster(bench.agent), None, bench.look)
    store = await Store.open(tmp_path / "chats.db")
    session = ChatSession(genie, store.conversations)
    text = 'patch deployment web with {"spec": {"minReadySeconds": 7}}'
    async for _ in session.ask(text, Focus(bench.agent.name, namespace)):
        pass
    await store.close()
    store = await Store.open(tmp_path / "chats.db")
    [talk] = await store.conversations.recent()
    records = [message.record for message in await store.conversations.messages(talk.id)]
    [kept] = [proposal for record in records if record for proposal in record.proposals]
    await store.close()
    apps.patch_namespaced_deployment("web", namespace, {"spec": {"revisionHistoryLimit": 3}})
    news = await bench.carry_out(await bench.look((await genie.proposed_anew(kept)).plan))
    assert news[-1].state is StepState.DONE
    live = apps.read_namespaced_deployment("web", namespace).spec
    assert (live.min_ready_seconds, live.revision_history_limit) == (7, 3)


async def test_a_pasted_patch_is_merged_when_a_person_says_yes(
    bench: Gated, official: client.ApiClient, namespace: str
) -> None:
    deployed(official, namespace)
    apps = client.AppsV1Api(official)

    genie = Genie(OneCluster(bench.agent), None, bench.look)
    text = 'patch deployment web with {"spec": {"minReadySeconds": 7}}'
    events = [event async for event in genie.ask(text, Focus(bench.agent.name, namespace))]
    [proposed] = [event for event in events if isinstance(event, PlanProposed)]
    news = await bench.carry_out(await bench.look(proposed.plan))
    assert news[-1].state is StepState.DONE
    assert apps.read_namespaced_deployment("web", namespace).spec.min_ready_seconds == 7

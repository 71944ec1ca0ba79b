"""What the look-ups of the genie ask of a real control plane: by fields, by labels, and by what may be listed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from kubernetes import client

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import Forbidden, UsageError
from kubegenie_tui.genie.reading.changes import read_changes
from kubegenie_tui.genie.reading.listing import count_rows, list_rows
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.reading.selecting import Selected
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


@asynccontextmanager
async def seeing(plane: ControlPlane, namespace: str, user: str = "") -> AsyncIterator[Scope]:
    agent = ClusterAgent(context_of(plane, user))
    await agent.initialize()
    try:
        assert await kinds_known(agent)
        yield Scope(agent, Focus(agent.name, namespace), Redactor())
    finally:
        await agent.shutdown()


async def test_fields_go_to_the_server(control_plane: ControlPlane, official: client.ApiClient, namespace: str) -> None:
    core = client.CoreV1Api(official)
    for name, kind in (("plain", "Opaque"), ("other", "Opaque"), ("token", "example.com/token")):
        core.create_namespaced_secret(
            namespace, {"metadata": {"name": name, "labels": {"app": name}}, "type": kind, "stringData": {"a": "b"}}
        )
    async with seeing(control_plane, namespace) as scope:
        found = await list_rows(scope, "secrets", selected=Selected(fields="type=Opaque,metadata.name!=other"))
        assert [row.name for row in found.data.shown] == ["plain"]
        assert found.summary == f"1 of 3 secrets in namespace {namespace}"
        both = Selected("app in (plain,token)", "type!=Opaque")
        assert (await count_rows(scope, "secrets", selected=both)).data[:2] == (1, 3)


async def test_fields_that_the_server_does_not_select_by_are_an_error(
    control_plane: ControlPlane, namespace: str
) -> None:
    asked = (("pods", "spec.colour=red"), ("deployments", "spec.replicas=3"), ("secrets", "colour"))
    async with seeing(control_plane, namespace) as scope:
        for kind, fields in asked:
            with pytest.raises(UsageError, match=r"does not select .* by the fields") as refused:
                await list_rows(scope, kind, selected=Selected(fields=fields))
            assert fields.partition("=")[0] in refused.value.why


async def test_what_may_not_be_listed_is_said(ours: ControlPlane, namespace: str) -> None:
    async with seeing(ours, namespace, "viewer") as scope:
        told = await read_changes(scope, namespace)
        assert told.unread == "not looked at, for you may not list them: secrets"
        assert told.text.splitlines()[0].startswith(f"cluster {scope.reader.name}: ")
    async with seeing(ours, namespace, "nobody") as scope:
        with pytest.raises(Forbidden):
            await read_changes(scope, namespace)

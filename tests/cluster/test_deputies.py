"""A genie with a user of its own sees what that user may see; what a person says yes to is done as the person."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from kubernetes import client

from kubegenie_tui.domain.conversation import ChatEvent, Failed, Focus, PlanProposed, TextDelta
from kubegenie_tui.domain.genie_settings import GenieSettings
from kubegenie_tui.domain.plan import StepState
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import Settings
from tests.cluster.test_gate import deployed
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

Opening = Callable[[str], AbstractAsyncContextManager[Services]]


@pytest.fixture
def opening(control_plane: ControlPlane) -> Opening:
    """All of the app's services, where the genie acts as a user."""

    @asynccontextmanager
    async def opened(user: str) -> AsyncIterator[Services]:
        settings = Settings(genie=GenieSettings(act_as=user))
        services = await build_services(settings, StartOptions(kubeconfig=control_plane.kubeconfig))
        try:
            yield services
        finally:
            await services.close()

    return opened


async def asked(services: Services, context: str, namespace: str, text: str) -> list[ChatEvent]:
    return [event async for event in services.genie.ask(text, Focus(context, namespace))]


def said(events: list[ChatEvent]) -> str:
    words = "".join(event.text for event in events if isinstance(event, TextDelta))
    return words + "".join(f"{event.what} {event.why}" for event in events if isinstance(event, Failed))


async def test_it_sees_what_its_user_may_see(
    opening: Opening, control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    client.CoreV1Api(official).create_namespaced_secret(namespace, {"metadata": {"name": "shop-login"}})
    async with opening("") as services:
        assert "shop-login" in said(await asked(services, control_plane.name, namespace, "list secrets"))
        assert services.engine() == "built-in"
    async with opening("viewer") as services:
        answer = said(await asked(services, control_plane.name, namespace, "list secrets"))
        assert "shop-login" not in answer
        assert "Not allowed to list secrets" in answer
        assert 'User "viewer"' in answer
        assert services.engine() == "built-in as viewer"


async def test_rights_that_it_tells_are_the_person_s(
    opening: Opening, control_plane: ControlPlane, namespace: str
) -> None:
    async with opening("viewer") as services:
        answer = said(await asked(services, control_plane.name, namespace, "can I delete pods?"))
        assert "Yes, you may delete pods" in answer


async def test_what_it_proposes_is_done_as_the_person(
    opening: Opening, control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    deployed(official, namespace)
    async with opening("viewer") as services:
        events = await asked(services, control_plane.name, namespace, "scale web to 2")
        [proposed] = [event for event in events if isinstance(event, PlanProposed)]
        gate, agent = (await services.changes()).gate, await services.manager.open(proposed.plan.cluster)
        preview = await services.preview(proposed.plan)
        approval = gate.approve(preview, "test", preview.confirm)
        news = [each async for each in gate.carry_out(agent, preview, approval)]
        assert news[-1].state is StepState.DONE
    assert client.AppsV1Api(official).read_namespaced_deployment("web", namespace).spec.replicas == 2


async def test_who_may_not_act_as_its_user_is_told_so(
    opening: Opening, control_plane: ControlPlane, namespace: str
) -> None:
    async with opening("admin") as services:
        answer = said(await asked(services, f"{control_plane.name}-editor", namespace, "list pods"))
        assert 'User "editor" cannot impersonate' in answer

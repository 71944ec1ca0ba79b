"""What a model's answer ends with, in the app on the demo's clusters: picked by its number, approved, and made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kubegenie_tui.demo.model_script import Call, Script, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.paths import settings_file, write_private
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_genie import ask
from tests.ui.test_proposals import said

DIAGNOSE = Turn(calls=(Call("diagnose", {"kind": "deployments", "name": "ledger"}),))
LIST = Turn(calls=(Call("list", {"kind": "deployments"}),))


@asynccontextmanager
async def app_with_model(
    tmp_path: Path, *turns: Turn, script: Script | None = None, namespace: str = "payments", command: str = "pods"
) -> AsyncIterator[tuple[OnDemo, ModelServer]]:
    model = ModelServer(script or in_order(*turns))
    await model.start()
    write_private(settings_file(), f'[model]\nbase_url = "{model.base_url}"\nname = "scripted"\n'.encode())
    try:
        place: dict[str, Any] = {"context": "prod-eu", "namespace": namespace, "command": command}
        async with app_on_demo(tmp_path, (200, 60), **place) as demo:
            yield demo, model
    finally:
        await model.stop()


async def test_what_ends_the_fault_that_a_model_tells_of_is_picked_and_made(tmp_path: Path) -> None:
    told = Turn("The probe of deployment ledger fails since its rollout.")
    async with app_with_model(tmp_path, DIAGNOSE, told) as (demo, _):
        await ask(demo, "is ledger as it was yesterday, more or less?")
        await demo.until_shown("review and apply")
        before = container(demo)
        await demo.pilot.press("1")
        await demo.asked_to_decide()
        await demo.until_shown("Roll deployment payments/ledger back to revision 1")
        assert container(demo) == before
        await demo.pilot.press("y")
        await demo.until(lambda: container(demo) != before)


def container(demo: OnDemo) -> Any:
    assert demo.server is not None
    found = demo.server.worlds["prod-eu"].cluster.get("deployments.apps", "ledger", "payments")
    assert found is not None
    return found["spec"]["template"]["spec"]["containers"][0]


async def test_what_a_model_s_answer_offers_to_ask_is_asked_by_its_number(tmp_path: Path) -> None:
    turns = (LIST, Turn("All run but ledger."), Turn("It is the probe."))
    async with app_with_model(tmp_path, *turns) as (demo, _):
        await ask(demo, "which of these would you look at first, and which last?")
        await demo.until_shown("1  › why is deployment ledger failing")
        await demo.pilot.press("1")
        await demo.until(lambda: asked(demo) == "why is deployment ledger failing in payments?")


def asked(demo: OnDemo) -> str:
    return [each.text for each in said(demo) if each.role == "user"][-1]

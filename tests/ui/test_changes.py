"""Changes made through the app on the demo's clusters, from the wish to the undo."""

from pathlib import Path

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb
from kubegenie_tui.screens.audit import AuditScreen
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.messages import PlanRequested
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.said import SaidScreen
from kubegenie_tui.screens.undo import UndoScreen
from tests.ui.on_demo import OnDemo, app_on_demo

LABELLED = Plan(
    "Label configmap shop/checkout-config",
    "prod-eu",
    (
        Step(
            Verb.PATCH,
            ObjectRef("configmaps", "checkout-config", "shop", "prod-eu"),
            {"metadata": {"labels": {"team": "blue"}}},
        ),
    ),
)


async def labels(demo: OnDemo) -> dict[str, str]:
    agent = await demo.app.services.manager.open("prod-eu")
    manifest = await agent.get(agent.kinds.resolve("configmaps"), "checkout-config", "shop")
    found: dict[str, str] = manifest["metadata"].get("labels", {})
    return found


async def label(demo: OnDemo) -> None:
    await demo.until(lambda: demo.names)
    demo.app.post_message(PlanRequested(LABELLED))
    await demo.until_shown("W1 reversible")
    await demo.asked_to_decide()
    await demo.until_shown("team: blue")
    await demo.pilot.press("y")
    await demo.until_shown("Done in ")


async def test_a_change_is_made_undone_and_on_record(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="cm") as demo:
        await label(demo)
        assert (await labels(demo))["team"] == "blue"
        await demo.until_shown("u  Undo")
        await demo.pilot.press("u")
        await demo.until_shown("Undo: Label configmap shop/checkout-config")
        await demo.until_shown("W1 reversible")
        await demo.asked_to_decide()
        await demo.pilot.press("y")
        await demo.until_shown("Done in ")
        assert "team" not in await labels(demo)
        await demo.pilot.press("escape")
        await demo.command("audit")
        await demo.until(lambda: isinstance(demo.app.screen, AuditScreen))
        await demo.until(lambda: len(demo.names) == 2)
        await demo.until_shown("Undo: Label configmap shop/checkout-config")
        await demo.until_shown("platform-admin, asked by undo")
        await demo.pilot.press("slash", *"asked")
        await demo.until(lambda: len(demo.names) == 1)
        await demo.pilot.press("enter", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, SaidScreen))
        for words in ("asked by    undo", "object      configmaps shop/checkout-config", "approved    key y"):
            await demo.until_shown(words)


async def test_undo_lists_what_was_changed_and_does_it_once(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="cm") as demo:
        await label(demo)
        await demo.pilot.press("escape", "u")
        await demo.until(lambda: isinstance(demo.app.screen, UndoScreen))
        await demo.until_shown("Label configmap shop/checkout-config")
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen))
        await demo.until_shown("W1 reversible")
        await demo.asked_to_decide()
        await demo.pilot.press("y")
        await demo.until_shown("Done in ")
        assert "team" not in await labels(demo)
        await demo.pilot.press("escape")
        await demo.command("undo")
        await demo.until_shown("Label configmap shop/checkout-config  undone")
        await demo.pilot.press("down", "enter")
        await demo.until(lambda: any("it was undone already" in note.message for note in demo.app._notifications))


async def test_a_read_only_cluster_refuses(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="cm", read_only=True) as demo:
        await demo.until(lambda: demo.names)
        demo.app.post_message(PlanRequested(LABELLED))
        await demo.until_shown("✖ prod-eu is read-only here")
        assert "Apply" not in demo.text()


async def test_an_edit_that_the_server_refuses_is_not_lost(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="cm /checkout-config") as demo:
        await demo.until(lambda: demo.names == ["checkout-config"])
        await demo.command("edit")
        await demo.until(lambda: isinstance(demo.app.screen, EditorScreen))
        editor = demo.app.screen
        assert isinstance(editor, EditorScreen)
        text = editor.area.text
        editor.area.load_text(text.replace("metadata:", "metadata:\n  labels: [1, 2]"))
        await demo.pilot.press("ctrl+k")
        await demo.until_shown("The edit is not applied")
        await demo.pilot.press("ctrl+s")
        await demo.until_shown("ctrl+s once more asks the server all the same")
        await demo.pilot.press("ctrl+s")
        await demo.until_shown("refused")
        await demo.pilot.press("escape")
        await demo.until(lambda: "✖" in editor.area.text)
        assert "labels: [1, 2]" in editor.area.text
        editor.area.load_text(editor.area.text.replace("labels: [1, 2]", "labels: {team: red}"))
        await demo.pilot.press("ctrl+s")
        await demo.until_shown("W1 reversible")
        await demo.asked_to_decide()
        await demo.pilot.press("y")
        await demo.until_shown("Done in ")
        assert (await labels(demo))["team"] == "red"
        await demo.pilot.press("escape")
        await demo.until(lambda: demo.app.screen is demo.app.place)


async def test_undo_tells_whether_a_secret_has_its_values_again(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="cm") as demo:
        await demo.until(lambda: demo.names)
        changes = await demo.app.services.changes()
        agent = await demo.app.services.manager.open("prod-eu")
        made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "shop"}}
        await agent.client.post(agent.kinds.resolve("secrets").path("shop"), {**made, "data": {"key": "b2xk"}})
        step = Step(Verb.PATCH, ObjectRef("secrets", "db", "shop"), {"data": {"key": "bmV3"}})
        preview = await changes.gate.preview(agent, Plan("Change a password", "prod-eu", (step,)))
        approval = changes.gate.approve(preview, "test", preview.confirm)
        assert [each.error async for each in changes.gate.carry_out(agent, preview, approval)][-1] is None
        await demo.command("undo")
        await demo.until_shown("✖ the values of a Secret are not kept")
        await demo.pilot.press("enter")
        told = "the values of secrets shop/db are not what they were before it"
        await demo.until(lambda: any(told in note.message for note in demo.app._notifications))

"""New objects: from a template, a paste and a file, to the plan and into the cluster."""

from pathlib import Path
from typing import Any

from kubegenie_tui.domain.errors import Conflict
from kubegenie_tui.domain.plan import Plan, Verb
from kubegenie_tui.screens.create_control import CreateControl
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.plan_dialog import Left
from tests.ui.on_demo import app_on_demo
from tests.ui.played_cluster import PlayedCluster
from tests.ui.stage import Stage, text_of, until

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {a: '1'}\n"


PLAYED: Any = PlayedCluster()


class Person:
    """Leaves each plan as was told beforehand."""

    def __init__(self, *left: Left) -> None:
        self.left = list(left)
        self.plans: list[Plan] = []

    async def decide(self, plan: Plan) -> Left:
        self.plans.append(plan)
        return self.left.pop(0)


def control(app: Any, person: Person, cluster: Any = PLAYED) -> CreateControl:
    return CreateControl(app, cluster, "shop", person.decide)


def editor(app: Stage) -> EditorScreen:
    assert isinstance(app.screen, EditorScreen)
    return app.screen


async def test_a_template_is_written_on_and_becomes_a_plan() -> None:
    app, person = Stage(), Person(Left(False), Left(True))
    async with app.run_test(size=(100, 30)) as pilot:
        await control(app, person).create("configmap")
        await until(pilot, lambda: "LOG_LEVEL: info" in text_of(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: person.plans)
        (step,) = person.plans[0].steps
        assert (str(step.ref), step.verb) == ("configmaps shop/settings", Verb.APPLY)
        assert isinstance(app.screen, EditorScreen)  # said no: the text is still there
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, EditorScreen))


async def test_a_paste_with_a_fault_keeps_its_text_and_names_the_line() -> None:
    app, person = Stage(), Person(Left(False, Conflict("Somebody owns a field", "by helm")), Left(True))
    async with app.run_test(size=(100, 30)) as pilot:
        await control(app, person).create("")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen) and app.screen.query("YamlArea"))
        editor(app).area.load_text(editor(app).area.text + MAP.replace("kind: ConfigMap", "kind: ConfigMop"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "the text:5: the cluster has no kind ConfigMop" in text_of(pilot))
        assert not person.plans
        editor(app).area.load_text(editor(app).area.text.replace("ConfigMop", "ConfigMap"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Somebody owns a field" in text_of(pilot))
        assert "kind: ConfigMap" in editor(app).area.text
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, EditorScreen))
        assert len(person.plans) == 2


async def test_a_good_file_goes_straight_to_its_plan_and_a_bad_one_to_the_editor(tmp_path: Path) -> None:
    app, person = Stage(), Person(Left(True))
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(MAP)
    bad.write_text(MAP.replace("data: {", "data: ["))
    async with app.run_test(size=(100, 30)) as pilot:
        await control(app, person).apply(str(good))
        assert person.plans[0].title == "Apply configmaps shop/flags from good.yaml"
        assert not isinstance(app.screen, EditorScreen)
        await control(app, person).apply(str(bad))
        await until(pilot, lambda: "is no YAML" in text_of(pilot))
        assert "kind: ConfigMap" in editor(app).area.text


async def test_an_object_is_made_in_a_cluster(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="configmaps") as demo:
        await demo.until(lambda: demo.names)
        await demo.command("create zzz")
        await demo.until_shown("There is no template")
        await demo.command("create configmap")
        await demo.until_shown("LOG_LEVEL")
        await demo.pilot.press("ctrl+s")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen))
        await demo.until_shown("W1 reversible")
        await demo.asked_to_decide()
        await demo.pilot.press("y")
        await demo.until(lambda: demo.server and demo.server.cluster("prod-eu").get("configmaps", "settings", "shop"))
        file = tmp_path / "new.yaml"
        file.write_text(MAP)
        await demo.pilot.press("escape")
        await demo.until(lambda: not isinstance(demo.app.screen, PlanScreen))
        await demo.command(f"apply {file}")
        await demo.until_shown("configmaps shop/flags")

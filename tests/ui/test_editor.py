import base64
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.domain.errors import Invalid, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.screens import outside
from kubegenie_tui.screens.edit_control import EditControl
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.outside import edit_outside, editor_command, private_place
from kubegenie_tui.screens.plan_dialog import Left
from tests.ui.hostile import POISONS
from tests.ui.played_cluster import PlayedCluster
from tests.ui.played_gate import deployment
from tests.ui.stage import Stage, text_of, until

CHECKOUT = ObjectRef("deployments.apps", "checkout", "shop", "prod-eu")
DB = ObjectRef("secrets", "db", "shop", "prod-eu")
PASSWORD = "".join(("s3cret", "-value"))
INVALID = Invalid("The server does not accept it", "spec.replicas: must be at least 0", "correct it")


class Edits:
    """Plays the person's editor and the plan screen."""

    def __init__(self, *edits: Callable[[str], str], left: Sequence[Left] = (Left(True),), status: int = 0) -> None:
        self.status = status
        self.edits = list(edits)
        self.left = list(left)
        self.plans: list[Plan] = []
        self.files: list[Path] = []
        self.texts: list[str] = []
        self.modes: list[int] = []

    async def decide(self, plan: Plan) -> Left:
        self.plans.append(plan)
        return self.left.pop(0)

    async def run(self, command: Sequence[str]) -> int:
        self._edit(Path(command[-1]))
        return self.status

    def _edit(self, file: Path) -> None:
        self.files.append(file)
        self.modes += [stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)]
        text = file.read_text(encoding="utf-8")
        self.texts.append(text)
        file.write_text(self.edits.pop(0)(text), encoding="utf-8")


@asynccontextmanager
async def editing(
    edits: Edits, ref: ObjectRef = CHECKOUT, *, outside: bool = False, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    cluster: Any = PlayedCluster()
    cluster.put("deployments.apps", deployment())
    data = {"password": base64.b64encode(PASSWORD.encode()).decode()}
    cluster.put("secrets", {"metadata": {"name": "db", "namespace": "shop"}, "data": data})
    app: Any = Stage()
    async with app.run_test(size=size, notifications=True) as pilot:
        await EditControl(app, edits.decide, edits.run).edit(cluster, ref, outside=outside)
        yield app, pilot


def replicas(to: str) -> Callable[[str], str]:
    return lambda text: text.replace("replicas: 3", f"replicas: {to}").replace("replicas: [3", f"replicas: {to}")


async def retype(pilot: Pilot[None], to: str) -> None:
    """Change the number of replicas in the editor as a person does."""
    screen = pilot.app.screen
    assert isinstance(screen, EditorScreen)
    row = next(at for at, line in enumerate(screen.area.text.split("\n")) if "replicas" in line)
    screen.area.move_cursor((row, 0))
    await pilot.press("end", "backspace", *to)


# In the app


async def test_an_edit_becomes_a_plan_and_its_yes_closes_the_editor() -> None:
    edits = Edits()
    async with editing(edits) as (app, pilot):
        await until(pilot, lambda: "Edit deployment shop/checkout on prod-eu" in text_of(pilot))
        await retype(pilot, "8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert [plan.steps[0].body for plan in edits.plans] == [{"spec": {"replicas": 8}}]


async def test_a_text_that_is_no_yaml_stays_with_what_is_wrong_on_top() -> None:
    edits = Edits()
    async with editing(edits) as (app, pilot):
        await retype(pilot, "[3")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "# KubeGenie: ✖ the text:" in text_of(pilot))
        await until(pilot, lambda: "replicas: [3" in text_of(pilot))
        assert edits.plans == []
        assert len(app.screen_stack) == 2


async def test_what_the_server_refuses_comes_back_with_its_reason() -> None:
    edits = Edits(left=[Left(False, INVALID), Left(True)])
    async with editing(edits) as (app, pilot):
        await retype(pilot, "-1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✖ The server does not accept it" in text_of(pilot))
        await until(pilot, lambda: "spec.replicas: must be at least 0 · correct it" in text_of(pilot))
        await until(pilot, lambda: "replicas: -1" in text_of(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert len(edits.plans) == 2


async def test_a_plan_that_is_left_leaves_the_text_as_it_is() -> None:
    edits = Edits(left=[Left(False)])
    async with editing(edits) as (_, pilot):
        await retype(pilot, "8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: edits.plans)
        await pilot.pause()
        await until(pilot, lambda: "replicas: 8" in text_of(pilot))


async def test_an_edit_is_dropped_only_when_asked_twice() -> None:
    async with editing(Edits()) as (app, pilot):
        await retype(pilot, "8")
        await pilot.press("escape")
        await until(pilot, lambda: "The edit is not applied" in text_of(pilot))
        await pilot.press("9", "escape")
        await until(pilot, lambda: "replicas: 89" in text_of(pilot))
        assert len(app.screen_stack) == 2
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_without_a_change_escape_leaves_at_once_and_a_preview_says_so() -> None:
    async with editing(Edits()) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
    async with editing(Edits()) as (app, pilot):
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Nothing was changed" in text_of(pilot))


async def test_a_secret_is_shown_decoded() -> None:
    async with editing(Edits(), DB) as (_, pilot):
        await until(pilot, lambda: f"password: {PASSWORD}" in text_of(pilot))


@pytest.mark.parametrize("poison", POISONS)
async def test_foreign_text_is_text(poison: str) -> None:
    edits = Edits(left=[Left(False, Invalid(poison, poison, poison))])
    async with editing(edits) as (_, pilot):
        screen = pilot.app.screen
        assert isinstance(screen, EditorScreen)
        screen.area.load_text(screen.area.text.replace("app: checkout", f"app: checkout # {poison}").replace("3", "4"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✖" in screen.area.text)


# In the person's own editor


async def test_the_file_is_private_in_memory_and_gone_afterwards() -> None:
    edits = Edits(replicas("8"))
    async with editing(edits, outside=True):
        assert [plan.steps[0].body for plan in edits.plans] == [{"spec": {"replicas": 8}}]
        assert edits.modes == [0o600, 0o700]
        assert not edits.files[0].parent.exists()
        place = private_place(os.environ)
        assert place is None or edits.files[0].is_relative_to(place)


async def test_an_invalid_edit_is_opened_again_with_the_reason_on_top() -> None:
    edits = Edits(replicas("[3"), replicas("8"), replicas("7"), left=[Left(False, INVALID), Left(True)])
    edits.edits[2] = lambda text: text.replace("replicas: 8", "replicas: 7")
    async with editing(edits, outside=True):
        assert "✖ the text:" in edits.texts[1]
        assert "replicas: [3" in edits.texts[1]
        assert "✖ The server does not accept it" in edits.texts[2]
        assert len(edits.plans) == 2


@pytest.mark.parametrize("edit", [lambda text: text, lambda text: ""])
async def test_no_change_is_said(edit: Callable[[str], str]) -> None:
    edits = Edits(edit)
    async with editing(edits, outside=True) as (_, pilot):
        await until(pilot, lambda: "Nothing was changed" in text_of(pilot))
        assert edits.plans == []


@pytest.mark.parametrize(
    ("edits", "kept"),
    [
        (Edits(replicas("[3"), lambda text: text), "replicas: [3"),
        (Edits(replicas("8"), left=[Left(False)]), "replicas: 8"),
        (Edits(replicas("8"), status=1), "replicas: 8"),
    ],
    ids=["an invalid one left as it is", "one whose plan is left", "one whose editor fails"],
)
async def test_an_edit_that_is_not_applied_is_kept_here_until_it_is_dropped(edits: Edits, kept: str) -> None:
    async with editing(edits, outside=True) as (app, pilot):
        await until(pilot, lambda: kept in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "The edit is not applied" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_a_secret_is_never_given_to_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "private_place", lambda environ: None)
    with pytest.raises(UsageError, match="A Secret is not written to a disk"):
        await edit_outside(PASSWORD, ["vi"], Edits().run, is_secret=True)


async def test_an_editor_that_fails_changes_nothing() -> None:
    async def fail(command: Sequence[str]) -> int:
        return 1

    with pytest.raises(UsageError, match="vi ended with 1"):
        await edit_outside("a: 1", ["vi"], fail, is_secret=False)


def test_the_editor_is_the_persons() -> None:
    program = sys.executable
    assert editor_command({"EDITOR": f"{program} -w", "VISUAL": ""}) == [program, "-w"]
    assert editor_command({"EDITOR": "no-such", "KUBE_EDITOR": program}) == [program]
    with pytest.raises(UsageError, match="There is no editor no-such-editor"):
        editor_command({"EDITOR": "no-such-editor"})


def test_ctrl_c_in_an_editor_does_not_end_the_app() -> None:
    before = signal.getsignal(signal.SIGINT)
    with outside._deaf_to_interrupts():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before

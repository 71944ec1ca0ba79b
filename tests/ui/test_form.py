from collections.abc import Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.domain.form import ChoiceField, Field, NumberField, TextField, ToggleField, Value
from kubegenie_tui.screens.form import FormScreen
from tests.ui.hostile import POISONS
from tests.ui.stage import Stage, text_of, until

FIELDS: Sequence[Field] = (
    NumberField("replicas", "Replicas", 3, "now 3 of 3 ready", most=1000),
    TextField("image", "Image", "web:1", check=lambda text: f'"{text}" has a blank in it' if " " in text else ""),
    ChoiceField("policy", "Dependents", ("Background", "Foreground", "Orphan"), "Foreground"),
    ToggleField("force", "Force", hint="takes over fields that others own"),
)


class Answers(Stage):
    """A stage that keeps what the form gave."""

    def __init__(self, fields: Sequence[Field] = FIELDS, title: str = "Scale deployment shop/web") -> None:
        super().__init__()
        self.given: list[dict[str, Value] | None] = []
        self._asked = title, fields

    async def on_mount(self) -> None:
        await self.push_screen(FormScreen(*self._asked), self.given.append)


@asynccontextmanager
async def form(*args: Any, size: tuple[int, int] = (80, 24)) -> Any:
    app = Answers(*args)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


async def leave(pilot: Pilot[None], app: Answers) -> dict[str, Value] | None:
    await until(pilot, lambda: app.given)
    return app.given[0]


async def test_enter_gives_the_values_that_stand_there() -> None:
    async with form() as (app, pilot):
        await pilot.press("enter")
        assert await leave(pilot, app) == {"replicas": 3, "image": "web:1", "policy": "Foreground", "force": False}


async def test_what_is_typed_replaces_what_stood_there_and_arrows_choose() -> None:
    async with form() as (app, pilot):
        await pilot.press("5", "down", "down", "right", "right", "tab", "space", "enter")
        assert await leave(pilot, app) == {"replicas": 5, "image": "web:1", "policy": "Background", "force": True}


async def test_a_secret_is_not_seen_while_it_is_typed() -> None:
    async with form((TextField("token", "Token", secret=True),)) as (app, pilot):
        await pilot.press(*"s3cret")
        await until(pilot, lambda: "••••••" in text_of(pilot))
        assert "s3cret" not in text_of(pilot)
        await pilot.press("enter")
        assert await leave(pilot, app) == {"token": "s3cret"}


async def test_escape_gives_nothing() -> None:
    async with form() as (app, pilot):
        await pilot.press("5", "escape")
        assert await leave(pilot, app) is None


async def test_what_is_wrong_is_said_below_its_field_until_it_is_right() -> None:
    async with form() as (app, pilot):
        await pilot.press("down", *"a b", "up", "x", "enter")
        await until(pilot, lambda: "✖ Replicas takes a whole number" in text_of(pilot))
        await until(pilot, lambda: '✖ "a b" has a blank in it' in text_of(pilot))
        assert app.given == []
        await pilot.press("backspace", "7")
        await until(pilot, lambda: "now 3 of 3 ready" in text_of(pilot))
        await pilot.press("enter", "c", "enter")
        assert (await leave(pilot, app) or {})["image"] == "c"


async def test_many_options_show_one_by_one() -> None:
    names = tuple(f"container-number-{at}" for at in range(9))
    async with form((ChoiceField("container", "Container", names, names[3]),)) as (app, pilot):
        await until(pilot, lambda: "‹ container-number-3 ›  4 of 9" in text_of(pilot))
        await pilot.press("left", "enter")
        assert await leave(pilot, app) == {"container": names[2]}


async def test_the_mouse_chooses() -> None:
    async with form() as (app, pilot):
        entry = app.screen.query("ChoiceEntry").first()
        await pilot.click(entry, offset=(30, 0))
        await pilot.press("enter")
        assert (await leave(pilot, app) or {})["policy"] == "Orphan"


@pytest.mark.parametrize("text", POISONS)
async def test_foreign_text_is_text(text: str) -> None:
    fields = (TextField("a", text, text, text), ChoiceField("b", text, (text, "other"), text, text))
    async with form(fields, text) as (app, pilot):
        await pilot.press("enter")
        await leave(pilot, app)


async def test_more_fields_than_rows_scroll() -> None:
    fields = [TextField(f"f{at}", f"Field {at}", "v", "a hint") for at in range(30)]
    async with form(fields) as (app, pilot):
        await pilot.press("up")
        await until(pilot, lambda: "Field 29" in text_of(pilot))
        await pilot.press("enter")
        assert len(await leave(pilot, app) or {}) == 30

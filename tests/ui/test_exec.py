"""A model that wants to run a command in a container of the demo: the person says yes or no, and it is on record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.paths import settings_file, write_private
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_genie import ask
from tests.ui.test_outside_tools import answer_of

LOOK = Turn(calls=(Call("exec", {"pod": "redis-0", "command": ["cat", "/etc/resolv.conf"], "why": "is DNS right?"}),))


@asynccontextmanager
async def app_with_model(tmp_path: Path) -> AsyncIterator[tuple[OnDemo, ModelServer]]:
    model = ModelServer(in_order(LOOK, Turn("I see.")))
    await model.start()
    write_private(settings_file(), f'[model]\nbase_url = "{model.base_url}"\nname = "scripted"\n'.encode())
    try:
        async with app_on_demo(tmp_path, (200, 60), context="prod-eu", namespace="shop", command="pods") as demo:
            yield demo, model
    finally:
        await model.stop()


async def test_with_a_yes_it_runs_and_is_on_record(tmp_path: Path) -> None:
    async with app_with_model(tmp_path) as (demo, model):
        await ask(demo, "is dns right in redis?")
        await demo.until_shown("2  call exec, this once")
        await demo.until_shown('"command": "cat /etc/resolv.conf"')
        await demo.until_shown("exec  would run in a container")
        await demo.pilot.press("2")
        await demo.until_shown("I see.")
        assert "nameserver 10.96.0.10" in answer_of(model)
        await demo.pilot.press("escape")
        await demo.command("audit")
        await demo.until_shown("cat in pod shop/redis-0")
        await demo.until_shown("platform-admin, asked by genie")


async def test_with_a_no_it_does_not(tmp_path: Path) -> None:
    async with app_with_model(tmp_path) as (demo, model):
        await ask(demo, "is dns right in redis?")
        await demo.until_shown("2  call exec, this once")
        await demo.pilot.press("1")
        await demo.until_shown("I see.")
        assert "the person does not want exec to be called" in answer_of(model)


async def test_in_the_mode_that_only_reads_it_is_not_offered(tmp_path: Path) -> None:
    async with app_with_model(tmp_path) as (demo, model):
        await demo.until(lambda: demo.names)
        await demo.command("mode read-only")
        await ask(demo, "is dns right in redis?")
        await demo.until_shown("I see.")
        assert 'There is no tool "exec"' in answer_of(model)

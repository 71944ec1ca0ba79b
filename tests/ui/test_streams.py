"""Reaching into pods: port-forwards and their list, shells inside the app."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.domain.forward import ForwardSpec
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens import operation_control
from kubegenie_tui.screens.copying import CopyScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.forwards import ForwardsScreen
from kubegenie_tui.screens.shell import ShellScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "command": "pods shop"}


async def on_pod(on: OnDemo, letters: str) -> str:
    """Put the cursor on a pod that runs; its name."""
    await on.until(lambda: any(name.startswith(letters) for name in on.names))
    name = next(name for name in on.names if name.startswith(letters))
    on.table.select("shop", name)
    await on.pilot.pause()
    return name


async def test_a_forward_from_form_to_list_and_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        pod = await on_pod(on, "frontend")
        await on.pilot.press("F")
        await on.until(lambda: isinstance(on.app.screen, FormScreen))
        local = next_free(30_000)
        await on.pilot.press("tab", "ctrl+u", *str(local), "enter")
        await on.until_shown("⇄ 1 forward")
        await on.until(lambda: on.app.services.forwards.statuses[0].pod == pod)
        reader, writer = await asyncio.open_connection("127.0.0.1", local)
        writer.write(b"GET / HTTP/1.1\r\nHost: pod\r\n\r\n")
        assert b"200 OK" in await reader.read()
        writer.close()
        await on.command("forwards")
        await on.until(lambda: isinstance(on.app.screen, ForwardsScreen))
        await on.until_shown(f"localhost:{local}")
        await on.until_shown("ready")
        await on.pilot.press("ctrl+d")
        await on.until_shown("stopped")
        await on.pilot.press("enter")
        await on.until_shown("ready")
        await on.pilot.press("ctrl+d")
        await on.until_shown("stopped")
        await on.pilot.press("ctrl+d")
        await on.until(lambda: not on.app.services.forwards.statuses)
        await on.until_shown("There are no forwards in any cluster.")
        await on.pilot.press("escape")
        await on.until(lambda: not isinstance(on.app.screen, ForwardsScreen))


async def test_who_may_not_forward_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation_control, "RIGHTS_SECONDS", 30)
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on_pod(on, "frontend")
        await on.command("as viewer")
        await on.until_shown("prod-eu as viewer")
        await on_pod(on, "frontend")
        await on.pilot.press("F")
        await on.until_shown("Not allowed to forward a port to")
        await on.until_shown("pods/portforward")
        assert not isinstance(on.app.screen, FormScreen)


async def test_a_shell_inside_the_app(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        pod = await on_pod(on, "frontend")
        await on.pilot.press("s")
        await on.until(lambda: isinstance(on.app.screen, ShellScreen))
        await on.until_shown("/ # ")
        await on.pilot.press(*"echo", "space", *"hi:", "enter")
        await on.until(lambda: on.text().count("hi:") == 2)
        await on.pilot.press("ctrl+c")
        await on.until_shown("^C")
        await on.until_shown(pod)
        await on.pilot.press("ctrl+right_square_bracket")
        await on.until(lambda: not isinstance(on.app.screen, ShellScreen))
        audit = (await on.app.services.changes()).audit
        await on.until_shown(pod)
        entries = await audit.entries()
        assert [entry.phase for entry in entries] == ["result", "intent"]
        assert (entries[0].subresource, entries[0].name, entries[0].result) == ("exec", pod, "done")


async def test_a_shell_that_ends_leads_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on_pod(on, "frontend")
        await on.pilot.press("s")
        await on.until_shown("/ # ")
        await on.pilot.press("ctrl+d")
        await on.until(lambda: not isinstance(on.app.screen, ShellScreen))


async def test_a_read_only_cluster_gives_no_shell(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, read_only=True, **SHOP) as on:
        await on_pod(on, "frontend")
        await on.pilot.press("s")
        await on.until_shown("prod-eu is read-only")


async def test_files_are_copied_from_a_form(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on_pod(on, "frontend")
        await on.pilot.press("t")
        await on.until(lambda: isinstance(on.app.screen, FormScreen))
        await on.pilot.press("tab", *"nothing", "enter")
        await on.until_shown("Copying nothing from the pod")
        await on.until_shown("esc closes")
        await on.pilot.press("escape")
        await on.until(lambda: not isinstance(on.app.screen, CopyScreen))


async def test_what_is_typed_after_cp_fills_the_form(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        pod = await on_pod(on, "frontend")
        await on.command("cp big.txt :/tmp/big")
        await on.until(lambda: isinstance(on.app.screen, FormScreen))
        await on.until_shown("/tmp/big")
        text = on.text()
        assert f"Copy files of shop/{pod} " in text
        assert "into the pod" in text
        assert re.search(r"Here +big\.txt", text)
        await on.pilot.press("escape")
        await on.command("cp a b")
        await on.until_shown("`:cp a b` does not say what to copy where")
        await on.command("cp nobody")
        await on.until_shown("has no container nobody")


async def test_forwards_of_the_last_time_are_offered(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on_pod(on, "frontend")
        target = ObjectRef("services", "frontend", "shop", "prod-eu")
        await on.app.services.forwards.start(ForwardSpec(target, "80", next_free(31_000)))
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until_shown(":forwards has 1 of the last time")
        await on.command("pf")
        await on.until_shown("ran before")
        assert on.app.services.forwards.running == 0

"""The terminal in the app: what is typed, what is shown, looking back, and the ways out."""

import asyncio
from typing import Any

from textual.events import Paste
from textual.pilot import Pilot

from kubegenie_tui.domain.errors import NotFound
from kubegenie_tui.kube.streams.process import Outcome
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.shell import ShellScreen
from tests.ui.played_pod import PlayedProcess, PlayedSession
from tests.ui.stage import Stage, text_of, until

LINES = tuple(f"line {number}\r\n".encode() for number in range(100))


def staged(process: PlayedProcess, *, keymap: dict[str, str] | None = None, age: float = 60.0, **more: Any) -> Stage:
    async def begin() -> Any:
        return PlayedSession(process, age=age)

    return Stage(screen=ShellScreen("shell shop/web app", more.pop("begin", begin), keymap=keymap or {}, **more))


def left(app: Stage) -> bool:
    return bool(app.heard(BackRequested))


async def shown(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in text_of(pilot))


async def test_all_keys_go_to_the_program_but_one() -> None:
    process = PlayedProcess(b"$ ")
    app = staged(process)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "$")
        app.screen.query_one("Terminal").focus()
        await pilot.press("l", "s", "enter", "ctrl+c", "escape", "up", "tab", "colon", "q")
        await until(pilot, lambda: process.typed == b"ls\r\x03\x1b\x1b[A\t:q")
        assert process.sizes[-1] == (60, 18)
        assert not left(app)
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: left(app))


async def test_the_way_out_can_have_another_key() -> None:
    process = PlayedProcess(b"$ ")
    app = staged(process, keymap={"leave-shell": "f12"})
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "f12 leaves")
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: process.typed == b"\x1d")
        await pilot.press("f12")
        await until(pilot, lambda: left(app))


async def test_what_is_typed_early_is_kept() -> None:
    process, open_now = PlayedProcess(b"$ "), asyncio.Event()

    async def begin() -> Any:
        await open_now.wait()
        return PlayedSession(process)

    app = staged(process, begin=begin)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "connecting")
        await pilot.press("l", "s", "enter")
        open_now.set()
        await until(pilot, lambda: process.typed == b"ls\r")


async def test_looking_back_and_on() -> None:
    app = staged(PlayedProcess(*LINES))
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("shift+pageup")
        await shown(pilot, "17 lines back")
        assert "line 99" not in text_of(pilot)
        await pilot.press(*["shift+pageup"] * 9)
        await shown(pilot, "line 0\n")
        await pilot.press("x")
        await shown(pilot, "line 99")


async def test_a_paste_is_what_it_says_it_is() -> None:
    process = PlayedProcess(b"\x1b[?2004h$ ")
    app = staged(process)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "$")
        app.screen.query_one("Terminal").post_message(Paste("a\nb\x1b[201~c"))
        await until(pilot, lambda: process.typed == b"\x1b[200~a\rb[201~c\x1b[201~")


async def test_a_program_that_ends_well_leads_back() -> None:
    app = staged(PlayedProcess(b"bye", outcome=Outcome(0)))
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: left(app))


async def test_why_it_failed_stays_to_be_read() -> None:
    app = staged(PlayedProcess(b"boom", outcome=Outcome(1, "it broke")), age=0.0)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "it broke")
        await until(pilot, lambda: "boom" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: left(app))


async def test_the_way_out_of_what_has_ended_can_have_another_key() -> None:
    process = PlayedProcess(b"boom", outcome=Outcome(1, "it broke"))
    app = staged(process, keymap={"leave-ended-shell": "f12"}, age=0.0)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "f12 leaves")
        await pilot.press("enter", "escape", "q")
        await pilot.pause()
        assert not left(app)
        await pilot.press("f12")
        await until(pilot, lambda: left(app))


async def test_what_cannot_be_opened_says_why() -> None:
    async def begin() -> Any:
        raise NotFound('Not found: pods "web"', "it may have been deleted meanwhile")

    app = staged(PlayedProcess(), begin=begin)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, 'Not found: pods "web"')
        await pilot.press("escape")
        await until(pilot, lambda: left(app))


async def test_what_is_attached_to_stays_when_it_ends_at_once() -> None:
    """Else nothing would be seen of it at all."""
    process = PlayedProcess(b"bye\n", outcome=Outcome(0))
    app = staged(process, age=0.1, raw=False)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, "✖ it ended")
        await shown(pilot, "bye")
        assert not left(app)
        await pilot.press("enter")
        await until(pilot, lambda: left(app))

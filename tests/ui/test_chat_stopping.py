"""Esc ends an answer on its way: at once, whatever it waits for, and before what was said is kept."""

import asyncio
import re
import time
from pathlib import Path

import pytest

from kubegenie_tui.domain.conversation import Message, TextDelta, ToolStarted
from kubegenie_tui.screens.messages import BackRequested
from tests.ui.played_chat import Script, chat_on_stage
from tests.ui.stage import PATIENCE, until
from tests.ui.test_chat import shown

MOST_WORK = 0.05
"""Seconds that the loop itself may work from Esc to the end of an answer."""
MOST_TURNS = 100


async def test_a_running_look_up_shows_its_time_and_escape_stops_it_at_once(tmp_path: Path) -> None:
    never = asyncio.Event()
    async with chat_on_stage(tmp_path, (TextDelta("So far"), ToolStarted("1", "logs checkout"), never)) as chat:
        await chat.ask("why?")
        await shown(chat, "◐ logs checkout")
        await until(chat.pilot, lambda: re.search(r"logs checkout .* (0\.[1-9]|[1-9]\.\d) s", chat.text()))
        await chat.pilot.press("escape")
        await until(chat.pilot, lambda: chat.genie.closed == 1)
        await shown(chat, "○ stopped after")
        await until(chat.pilot, lambda: not chat.pane.is_working)
        await shown(chat, "○ logs checkout")
        assert not chat.app.heard(BackRequested)
        await chat.pilot.press("escape")
        await until(chat.pilot, lambda: chat.app.heard(BackRequested))


@pytest.mark.parametrize("phase", ["thinking", "speaking", "looking"])
async def test_escape_takes_little_of_the_loop(tmp_path: Path, phase: str) -> None:
    never = asyncio.Event()
    scripts: dict[str, Script] = {
        "thinking": (never,),
        "speaking": (TextDelta("So far"), never),
        "looking": (ToolStarted("1", "list pods"), never),
    }
    async with chat_on_stage(tmp_path, scripts[phase]) as chat:
        await chat.ask("why?")
        await shown(chat, {"speaking": "So far", "looking": "◐ list pods"}.get(phase, "thinking"))
        turns = Turns()
        pressed = asyncio.create_task(chat.pilot.press("escape"))
        async with asyncio.timeout(PATIENCE):
            await chat.genie.ended.wait()
        assert turns.end() < MOST_TURNS
        assert turns.worked < MOST_WORK
        await pressed
        await shown(chat, "○ stopped after")


class Turns:
    """Counts the turns of the event loop from now on, and its thread's work: what others do meanwhile is in neither."""

    def __init__(self) -> None:
        self._began = time.thread_time()
        self._taken = 0
        self._task = asyncio.create_task(self._count())

    async def _count(self) -> None:
        while True:
            self._taken += 1
            await asyncio.sleep(0)

    def end(self) -> int:
        """How many there were."""
        self.worked = time.thread_time() - self._began
        self._task.cancel()
        return self._taken


async def test_escape_is_answered_before_what_was_said_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    never, kept = asyncio.Event(), asyncio.Event()
    async with chat_on_stage(tmp_path, (TextDelta("So far"), never)) as chat:
        await chat.ask("why?")
        await shown(chat, "So far")
        append = chat.store.conversations.append

        async def slowly(conversation_id: int, message: Message) -> Message:
            await kept.wait()
            return await append(conversation_id, message)

        monkeypatch.setattr(chat.store.conversations, "append", slowly)
        await chat.pilot.press("escape")
        await shown(chat, "○ stopped after")
        assert chat.pane.is_working
        kept.set()
        await until(chat.pilot, lambda: not chat.pane.is_working)

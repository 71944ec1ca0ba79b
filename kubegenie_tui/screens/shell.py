"""A terminal in a pod, full screen and inside the app: a shell, or the program the container runs."""

import asyncio
import time
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from kubegenie_tui.domain.errors import KubeGenieError, unexpected
from kubegenie_tui.domain.text import plain
from kubegenie_tui.key_words import key_word
from kubegenie_tui.keymap import names_of
from kubegenie_tui.keys import PLACES
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.painting import PaintedScreen
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.terminal import Terminal
from kubegenie_tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from kubegenie_tui.agents.pod_access import Session

LIVED_SECONDS = 1.0
"""A program that ended sooner has said something that should be read."""
_MISSING = "executable file not found"


class ShellScreen(PaintedScreen):
    """One session. Closing the screen hangs up."""

    CSS_PATH = "shell.tcss"

    def __init__(
        self,
        title: str,
        begin: "Callable[[], Awaitable[Session]]",
        *,
        keymap: "Mapping[str, str]",
        raw: bool = True,
        demo: bool = False,
    ) -> None:
        """A screen that begins a session when it is shown.

        Args:
            title: what it is a terminal of.
            begin: opens the session.
            keymap: the person's own keys by binding id.
            raw: whether the program has a terminal; without one, lines end by a newline alone.
            demo: said in the header.
        """
        super().__init__()
        self._title = title
        self._begin = begin
        self._raw = raw
        self._demo = demo
        self._session: Session | None = None
        self._early = b""
        """What was typed before there was a session."""
        self.left = asyncio.Event()
        """Set once it is closed and hung up."""
        self._keys = {key.id: names_of(key, keymap) for key in PLACES["shell"]}
        self.terminal = Terminal(
            leave=self._keys["leave-shell"],
            ended=self._keys["leave-ended-shell"],
            back=self._keys["look-back"],
            on=self._keys["look-on"],
        )
        self._foot = TitleLine()

    def compose(self) -> ComposeResult:
        """Header, terminal, and how to leave."""
        yield StatusHeader(demo=self._demo)
        yield self.terminal
        yield self._foot

    def on_mount(self) -> None:
        """Begin."""
        left = Content.assemble(("KubeGenie", "bold"), "  ", (plain(self._title), "bold $accent"))
        self.query_one(StatusHeader).set_parts(left)
        self._say(Content.styled("connecting …", "$muted"))
        self.terminal.focus()
        self.call_after_refresh(lambda: begin(self, self._run, "shell"))

    async def _run(self) -> None:
        try:
            session = self._session = await self._begin()
            self._say()
            size = self.terminal.size
            if self._raw:
                await session.process.resize(size.width, size.height)
            else:
                self.terminal.break_lines()
            if self._early:
                await session.process.write(self._early)
            async for _, data in session.process.output():
                self.terminal.take(data)
                await self.terminal.room.wait()
        except KubeGenieError as error:
            self._end(str(error))
        except Exception as error:  # the border of a worker: said where the person looks
            self._end(str(unexpected(error)))
        else:
            self._ended(session)

    def _ended(self, session: "Session") -> None:
        outcome = session.process.outcome
        assert outcome is not None
        lived = time.monotonic() - session.began > LIVED_SECONDS
        if (outcome.ok and self._raw) or (outcome.code is not None and lived):
            if not outcome.ok:
                self.app.notify(f"It ended with exit status {outcome.code}")
            self.post_message(BackRequested())
        elif _MISSING in outcome.message:
            self._end("This image has no shell · a debug container brings its own")
        else:
            self._end(outcome.message or "it ended")

    def _end(self, why: str) -> None:
        self.terminal.ended = True
        self.terminal.refresh()
        self._say(Content.styled(f"✖ {plain(why)}", "$error"), ended=True)

    def _say(self, left: Content | None = None, *, ended: bool = False) -> None:
        leave = " ".join(key_word(key) for key in self._keys["leave-shell"])
        back = key_word(self._keys["look-back"][0])
        words = f"{key_word(self._keys['leave-ended-shell'][0])} leaves"
        words = words if ended else f"{leave} leaves · {back} looks back"
        if self.terminal.above and not ended:
            left = Content.styled(f"▲ {self.terminal.above:,} lines back", "$warning")
        self._foot.set_parts(left or Content(), Content.styled(words, "$muted"))

    async def on_unmount(self) -> None:
        """Hang up."""
        try:
            if self._session is not None:
                await self._session.end()
        finally:
            self.left.set()

    @on(Terminal.Typed)
    async def _typed(self, event: Terminal.Typed) -> None:
        data = event.data if self._raw else event.data.replace(b"\r", b"\n")
        if self._session is None:
            self._early += data
            return
        await self._tell(lambda session: session.process.write(data))

    @on(Terminal.Resized)
    async def _resized(self, event: Terminal.Resized) -> None:
        if self._raw:
            await self._tell(lambda session: session.process.resize(event.columns, event.lines))

    async def _tell(self, say: "Callable[[Session], Awaitable[None]]") -> None:
        if self._session is not None and self._session.process.outcome is None:
            try:
                await say(self._session)
            except KubeGenieError as error:
                self._end(str(error))

    @on(Terminal.Scrolled)
    def _scrolled(self) -> None:
        self._say()

    @on(Terminal.Left)
    def _leave(self) -> None:
        self.post_message(BackRequested())

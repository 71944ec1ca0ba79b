"""What a terminal shows and has shown: pyte's screen, a second one for programs that fill it, and the lines above."""

import codecs
import copy
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import pyte
from pyte.screens import Char

Line = Mapping[int, Char]
KEPT_LINES = 10_000
"""Lines that scrolled out of sight and can be scrolled back to."""
_APPLICATION_KEYS, _BRACKETED_PASTE = 1 << 5, 2004 << 5
_ALTERNATE = frozenset({47, 1047, 1049})
_EXTENSIONS = re.compile(r"\x1b\[[>=<][0-9;:]*[A-Za-z]|\x1b[PX^_][^\x1b\x07]*(?:\x1b\\|\x07)")
"""What newer programs ask of newer terminals, and pyte takes for something else."""
_BEFORE_ESCAPE = re.compile(r"(?=\x1b)")
_UNFINISHED = re.compile(r"\x1b(?:\[[>=<]?[0-9;:]*|[PX^_][^\x1b\x07]{0,4096}\x1b?)?$")


class TerminalMemory(pyte.Screen):
    """A screen of `columns` x `lines` characters."""

    def __init__(self, columns: int, lines: int, reply: Callable[[str], None]) -> None:
        """An empty one.

        Args:
            columns: cells of a line.
            lines: lines of the screen.
            reply: sends the program what it asks of the terminal.
        """
        self.above: deque[Line] = deque(maxlen=KEPT_LINES)
        self._beside: tuple[Any, Any] | None = None
        self._reply = reply
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        super().__init__(columns, lines)
        self._stream = pyte.Stream(self, strict=False)

    def take(self, data: bytes) -> None:
        """Let the program write; what is no text a terminal understands changes nothing."""
        text = self._rest + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        self._rest = text[unfinished.start() :] if unfinished else ""
        text = _EXTENSIONS.sub("", text[: len(text) - len(self._rest)])
        for part in _BEFORE_ESCAPE.split(text):
            if part.startswith("\x1b") and not part.startswith("\x1b\\") and not self._stream._taking_plain_text:
                self._stream = pyte.Stream(self, strict=False)  # pyte would go on with what this breaks off
            try:
                self._stream.feed(part)
            except Exception:  # noqa: S112 - pyte raises anything on what it does not foresee, and begins anew
                continue

    @property
    def application_keys(self) -> bool:
        """Whether the program wants other sequences for the cursor keys (DECCKM)."""
        return _APPLICATION_KEYS in self.mode

    @property
    def bracketed_paste(self) -> bool:
        """Whether the program wants to know what is pasted."""
        return _BRACKETED_PASTE in self.mode

    # What pyte calls

    def index(self) -> None:
        """Keep the line that scrolls out at the top."""
        top, bottom = self.margins or (0, self.lines - 1)
        if self.cursor.y == bottom and top == 0 and self._beside is None:
            self.above.append(self.buffer[0])
        super().index()

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        """Go to the second screen, too."""
        if kwargs.get("private") and _ALTERNATE & set(modes) and self._beside is None:
            self._beside = (dict(self.buffer), copy.copy(self.cursor))
            self.buffer.clear()
            self.cursor.x = self.cursor.y = 0
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        """Come back from it, too."""
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private") and _ALTERNATE & set(modes) and self._beside is not None:
            lines, self.cursor = self._beside
            self._beside = None
            self.buffer.clear()
            self.buffer.update(lines)
            self.cursor.y = min(self.cursor.y, self.lines - 1)
            self.cursor.x = min(self.cursor.x, self.columns - 1)
            self.dirty.update(range(self.lines))

    def write_process_input(self, data: str) -> None:
        """Answer the program."""
        self._reply(data)

    def report_device_status(self, mode: int = 0, **kwargs: Any) -> None:
        """Answer where the cursor is; not what only newer terminals are asked."""
        if not kwargs.get("private"):
            super().report_device_status(mode)

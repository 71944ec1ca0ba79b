"""A question in the middle of an answer: whether a tool of somebody else's may be called with these arguments."""

import asyncio

from textual.content import Content

from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.chat_choices import Choices


class Leave(Choices):
    """No, or yes for this once; nothing but a pick is an answer."""

    def __init__(self, tool: str) -> None:
        super().__init__([Content("do not"), Content(f"call {plain(tool)}, this once")])
        self.answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """What the person says."""

    def pick(self, index: int) -> bool:
        """Say it; False when there is no such line, or it was said."""
        if not self.is_open or not 0 <= index < len(self.lines) or self.answer.done():
            return False
        self.close()
        self.answer.set_result(index == 1)
        return True

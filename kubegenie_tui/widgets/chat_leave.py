"""A question in the middle of an answer: whether a tool of somebody else's may be called with these arguments."""

import asyncio

from textual.content import Content

from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.chat_choices import Choices


class Leave(Choices):
    """No, or yes for this once; nothing but a pick is an answer."""

    def __init__(self, tool: str) -> None:
        words = ["do not", f"call {plain(tool)}, this once"]
        super().__init__([Content(each) for each in words], words)
        self.answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """What the person says."""

    def pick(self, number: int) -> bool:
        """Say it; False when there is no such line, or it was said."""
        if not self.is_open or number not in self.numbers or self.answer.done():
            return False
        self.close()
        self.answer.set_result(number == 2)
        return True

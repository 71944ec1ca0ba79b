"""An answer as it grows word by word: what one more word of a long list, a paragraph, code and a table costs.

In this process, in a chat of 160x45 without a terminal: what is measured is reading, laying out and drawing.
"""

import asyncio
import time

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll

from bench.figure import Figure, report
from kubegenie_tui.theme import DARK
from kubegenie_tui.widgets.answer import Answer

WORDS = 60
SETTLED = 0.12
"""Seconds after a word until all of it is drawn: two frames of an answer."""
TEXTS = {
    "a list of 100 items": ("", "- **checkout** waits for `orders` in the namespace shop\n", 100, "- and so on "),
    "a paragraph of 10,000 characters": ("", "checkout waits for orders, ", 370, "and so on "),
    "200 lines of code": ("```yaml\n", "replicas: 3  # as many as there are zones\n", 200, "image: web "),
    "a table of 100 rows": ("| pod | ready | node |\n|---|---|---|\n", "| checkout-1 | 0/1 | n-1 |\n", 100, "| web "),
}
"""What it begins with, what follows how often, and what comes word by word."""


class Talk(App[None]):
    """One answer, as the chat scrolls it."""

    def compose(self) -> ComposeResult:
        """The answer's place."""
        yield VerticalScroll()

    def on_mount(self) -> None:
        """As the app is dressed."""
        self.register_theme(DARK)
        self.theme = DARK.name
        self.query_one(VerticalScroll).anchor()


async def word_by_word(begin: str, line: str, lines: int, word: str) -> list[float]:
    """CPU milliseconds of each word."""
    app, took = Talk(), []
    async with app.run_test(size=(160, 45)) as pilot:
        answer = Answer()
        await app.query_one(VerticalScroll).mount(answer)
        answer.say(begin + line * lines)
        await pilot.pause(1.0)
        for _ in range(WORDS):
            before = time.process_time()
            answer.say(word)
            await asyncio.sleep(SETTLED)
            took.append((time.process_time() - before) * 1000)
    return sorted(took)


def main() -> None:
    for what, text in TEXTS.items():
        took = asyncio.run(word_by_word(*text))
        report([Figure(f"one more word of {what}, p95 of {WORDS}", took[int(WORDS * 0.95)], "CPU-ms", 33)])


if __name__ == "__main__":
    main()

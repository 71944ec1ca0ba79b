"""What the genie says, as Markdown. Imported with the first answer: nothing before it needs a Markdown parser."""

from markdown_it import MarkdownIt
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock, MarkdownStream

from kubegenie_tui.domain.text import plain_lines
from kubegenie_tui.widgets.answer_table import AnswerTable

MOST_SAID = 100_000
"""Characters of one answer that are shown; a model that does not stop must not stop the terminal."""


class Answer(Markdown):
    """Streamed Markdown. Foreign text: no link opens by itself, and `<none>` is a word, not HTML."""

    DEFAULT_CSS = """
    Answer { padding: 0; margin: 0; background: transparent; }
    Answer MarkdownH1, Answer MarkdownH2, Answer MarkdownH3, Answer MarkdownH4, Answer MarkdownH5, Answer MarkdownH6 {
        margin: 0 0 1 0; padding: 0; width: 1fr; content-align: left top;
        background: transparent; color: $accent; text-style: bold;
    }
    Answer MarkdownFence { margin: 0 0 1 0; background: $panel; padding: 0 1; }
    Answer MarkdownFence > Label { padding: 0; width: 1fr; }
    Answer MarkdownBlockQuote { margin: 0 0 1 0; background: transparent; border-left: vkey $rule; }
    Answer MarkdownHorizontalRule { border-bottom: none; border-top: hkey $rule; padding: 0; margin: 0; }
    Answer MarkdownBullet { color: $muted; }
    Answer MarkdownBlock:dark > .code_inline, Answer MarkdownBlock:light > .code_inline {
        color: $accent; background: transparent;
    }
    """

    def __init__(self) -> None:
        super().__init__(parser_factory=_parser, open_links=False)
        self._stream: MarkdownStream | None = None
        self._room = MOST_SAID
        self.BULLETS = ["• ", "◦ ", "· "]

    def get_block_class(self, block_name: str) -> type[MarkdownBlock]:
        """Textual's blocks, and our own table."""
        return AnswerTable if block_name == "table_open" else super().get_block_class(block_name)

    async def say(self, text: str) -> None:
        """More of the answer."""
        if self._stream is None:
            self._stream = Markdown.get_stream(self)
        if self._room > 0:
            kept = plain_lines(text)[: self._room]
            self._room -= len(kept)
            await self._stream.write(kept if self._room > 0 else f"{kept} …")

    async def end(self) -> None:
        """The answer is complete: show all of it."""
        if self._stream is not None:
            stream, self._stream = self._stream, None
            await stream.stop()


def _parser() -> MarkdownIt:
    return MarkdownIt("gfm-like", {"html": False})

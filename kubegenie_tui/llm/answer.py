"""An answer of a chat completion, streamed or whole, read into our events."""

from collections.abc import Iterator
from typing import Any

from kubegenie_tui.llm.assembly import CallAssembly
from kubegenie_tui.llm.backend import BackendEvent, Ended, TextPart, Used
from kubegenie_tui.llm.hearing import Hearing, PlainHearing
from kubegenie_tui.llm.thinking import ThoughtFilter


class AnswerReader:
    """One answer as it comes, in chunks or whole; servers differ in where they put what."""

    def __init__(self, hearing: Hearing | None = None) -> None:
        """`hearing`: tells calls in the text from the answer."""
        self.reason = ""
        """Why it ended; empty until it has."""
        self._thoughts = ThoughtFilter()
        self._hearing = hearing or PlainHearing()
        self._calls = CallAssembly()
        self._used: Used | None = None

    def take(self, chunk: Any) -> Iterator[str]:
        """Text that came with a chunk."""
        usage = getattr(chunk, "usage", None)
        if usage is not None:  # some servers count up in every chunk: the last one counts
            self._used = Used(usage.prompt_tokens or 0, usage.completion_tokens or 0)
        for choice in filter(None, getattr(chunk, "choices", None) or ()):
            self.reason = choice.finish_reason or self.reason
            said = getattr(choice, "delta", None) or getattr(choice, "message", None)
            text = self._hearing.take(self._thoughts.take(_text(getattr(said, "content", None))))
            text += getattr(said, "refusal", None) or ""
            for piece in getattr(said, "tool_calls", None) or ():
                self._calls.add(piece)
            if text:
                yield text

    def end(self) -> Iterator[BackendEvent]:
        """What is certain only when the answer is complete."""
        certain = self._hearing.take(self._thoughts.rest())
        rest, spoken = self._hearing.end()
        if certain + rest:
            yield TextPart(certain + rest)
        if self._used is not None:
            yield self._used
        yield from self._calls.calls() or spoken
        yield Ended(self.reason)


def _text(content: Any) -> str:
    """Content is a text, or with some servers a list of parts of which those of type `text` are the answer."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    found = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(text for text in found if isinstance(text, str))

"""Thoughts that a server leaves in the text between `<think>` and `</think>`: they are no part of the answer."""

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Takes a text in pieces of any size and gives back what is not thought.

    Models think once, before they answer: a mark after the first word of the answer is part of the answer. Templates
    that begin the thought themselves leave its end alone: in a text that comes whole, all before it is thought.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._answering = False

    def take(self, piece: str) -> str:
        """The part of the answer that is certain now."""
        if self._answering:
            return piece
        self._held += piece
        if self._thinking:
            return self._after_thought()
        begun = self._held.lstrip()
        if begun.startswith(_OPEN):
            self._thinking, self._held = True, begun.removeprefix(_OPEN)
            return self._after_thought()
        if _OPEN.startswith(begun):
            return ""
        thought, mark, answer = self._held.partition(_CLOSE)
        return self._answer(answer.lstrip() if mark and _OPEN not in thought else self._held)

    def rest(self) -> str:
        """What was held back when the text is over; a thought that never ended is dropped."""
        return "" if self._thinking or self._answering else self._held

    def _after_thought(self) -> str:
        _, mark, answer = self._held.partition(_CLOSE)
        if not mark:
            self._held = self._held[-len(_CLOSE) :]
            return ""
        self._thinking, self._held = False, answer.lstrip()
        return self._answer(self._held) if self._held else ""

    def _answer(self, text: str) -> str:
        self._answering = True
        return text

"""Health: the one vocabulary of states, each with a glyph and a word so that colour is never alone."""

from enum import IntEnum


class Health(IntEnum):
    """How a thing is; the order is from calm to alarming, so that the worst of many is their maximum."""

    OK = 0
    IDLE = 1
    """Finished, scaled to nothing, or nothing to say."""
    UNKNOWN = 2
    PAUSED = 3
    PROGRESSING = 4
    WARN = 5
    BAD = 6

    @property
    def glyph(self) -> str:
        """One character of width one."""
        return _GLYPHS[self]

    @property
    def word(self) -> str:
        """The state in a word, for where the glyph stands alone."""
        return _WORDS[self]


_GLYPHS = {
    Health.OK: "●",
    Health.IDLE: "○",
    Health.UNKNOWN: "○",
    Health.PAUSED: "⏸",
    Health.PROGRESSING: "◐",
    Health.WARN: "▲",
    Health.BAD: "✖",
}
_WORDS = {
    Health.OK: "ok",
    Health.IDLE: "idle",
    Health.UNKNOWN: "unknown",
    Health.PAUSED: "paused",
    Health.PROGRESSING: "progressing",
    Health.WARN: "warning",
    Health.BAD: "failing",
}

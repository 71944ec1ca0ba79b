"""What a form asks for, as data: fields, and how what was typed into one becomes a value or a sentence about it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kubegenie_tui.domain.errors import UsageError

Value = str | int | bool | None
"""What a field gives: None for a number that was left empty."""
YES, NO = "yes", "no"


def _anything(_: object) -> str:
    return ""


@dataclass(frozen=True)
class TextField:
    """A line of text; gives it without blanks around it."""

    id: str
    label: str
    value: str = ""
    hint: str = ""
    """What it means or looks like, in a few words; shown while nothing is wrong."""
    required: bool = True
    check: Callable[[str], str] = field(default=_anything, compare=False)
    """What is wrong with a text, in words; empty when nothing is. Not asked about an empty one."""
    secret: bool = False
    """Whether what is typed is not to be seen."""

    def read(self, typed: str) -> str:
        """The value.

        Raises:
            UsageError: it is missing, or the check says what is wrong with it.
        """
        text = typed.strip()
        if not text and self.required:
            raise UsageError(f"{self.label} is needed")
        if text and (wrong := self.check(text)):
            raise UsageError(wrong)
        return text


@dataclass(frozen=True)
class NumberField:
    """A whole number; gives None when it may be left empty and is."""

    id: str
    label: str
    value: int | None = None
    hint: str = ""
    least: int = 0
    most: int | None = None
    required: bool = True
    check: Callable[[int], str] = field(default=_anything, compare=False)
    """What is wrong with a number within the bounds, in words; empty when nothing is."""

    def read(self, typed: str) -> int | None:
        """The value.

        Raises:
            UsageError: it is missing, no whole number, out of bounds, or the check says what is wrong with it.
        """
        text = typed.strip()
        if not text and not self.required:
            return None
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
            raise UsageError(f"{self.label} takes a whole number")
        number = int(text)
        if number < self.least or (self.most is not None and number > self.most):
            bounds = f"at least {self.least}" if self.most is None else f"from {self.least} to {self.most}"
            raise UsageError(f"{self.label} is {bounds}")
        if wrong := self.check(number):
            raise UsageError(wrong)
        return number


@dataclass(frozen=True)
class ChoiceField:
    """One of a few words; gives the word."""

    id: str
    label: str
    options: tuple[str, ...]
    """At least one."""
    value: str = ""
    """Empty for the first."""
    hint: str = ""

    def read(self, typed: str) -> str:
        """The value: only what is offered can be chosen."""
        return typed


@dataclass(frozen=True)
class ToggleField:
    """Yes or no; gives a bool."""

    id: str
    label: str
    value: bool = False
    hint: str = ""

    def read(self, typed: str) -> bool:
        """The value."""
        return typed == YES


Field = TextField | NumberField | ChoiceField | ToggleField

"""The colours that a person may give to a cluster's name."""

from typing import Literal

Colour = Literal["", "red", "yellow", "green", "blue", "purple", "grey"]
NO_COLOUR = "none"
COLOURS: dict[str, Colour] = {
    NO_COLOUR: "", "red": "red", "yellow": "yellow", "green": "green", "blue": "blue", "purple": "purple",
    "grey": "grey",
}  # fmt: skip
"""By the word for each."""

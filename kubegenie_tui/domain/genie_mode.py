"""How far the genie may go in a cluster; a person chooses, and no text of a cluster or a model can."""

from typing import Literal

Mode = Literal["read-only", "ask", "auto", "paranoid"]
MODES: dict[Mode, str] = {
    "read-only": "it proposes nothing",
    "ask": "it proposes, you decide each time",
    "auto": "what you ask for and is reversible it does at once: 20 times, for an hour",
    "paranoid": "everything that it proposes is one tier more careful",
}
"""Each with its words."""
DOUBT = "the genie is in paranoid mode here"
"""Why a plan is raised there."""

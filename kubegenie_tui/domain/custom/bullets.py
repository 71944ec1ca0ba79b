"""Messages that are lists: Cluster API sums up many conditions in one, a line for each."""

import re

_NEXT = re.compile(r"(?<! ) (?=(?:  )*\* [A-Za-z])")


def bullets(message: str) -> list[str]:
    """The lines of a message that was put on one line; a message that is no list is one of its own.

    `* A: no   * B: none * C` are `* A: no`, `  * B: none` and `* C`.
    """
    return _NEXT.split(message) if message.startswith("* ") else [message]

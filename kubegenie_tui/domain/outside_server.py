"""A server of the Model Context Protocol that a person named, so that a model may use its tools."""

from typing import Literal

import msgspec


class OutsideServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One server of the settings file: it is started, or it is called."""

    command: tuple[str, ...] = ()
    """The program and its words: it is started by us, and spoken with on its standard input and output."""
    url: str = ""
    """Where it answers (streamable HTTP), when it runs already."""
    env: tuple[str, ...] = ()
    """Names of environment variables that it is given, beside `PATH`, `HOME` and the like."""
    tier: Literal["ask", "read"] = "ask"
    """`ask`: the person is asked before each call. `read`: only tools of which it says that they only read, unasked."""

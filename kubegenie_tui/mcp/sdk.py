"""The library that speaks the protocol: heavy, and not everybody's, so it comes only with `kubegenie[mcp]`."""

import asyncio
import importlib
import logging

from kubegenie_tui.domain.errors import UsageError

INSTALL = "pip install 'kubegenie[mcp]'"
_PARTS = ("mcp.server.lowlevel", "mcp.server.stdio", "mcp.client.client", "uvicorn")


async def load_sdk() -> None:
    """Import it in a thread: it takes longer than a frame.

    Raises:
        UsageError: it is not installed.
    """
    try:
        await asyncio.to_thread(lambda: [importlib.import_module(name) for name in _PARTS])
        logging.getLogger("mcp").addHandler(logging.NullHandler())  # what others send is no line on our screen
    except ModuleNotFoundError as error:
        what = "The Model Context Protocol needs a library that is not installed"
        raise UsageError(what, f"there is no {error.name}", INSTALL) from error

"""A line that a person types at the terminal, for as long as nobody tells us to end."""

import asyncio
import sys


async def typed_line() -> str:
    """The line without its end; empty when there is no more.

    It is waited for in the loop: in a read that blocks neither ctrl+c nor SIGTERM would be heard.
    """
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline().strip()

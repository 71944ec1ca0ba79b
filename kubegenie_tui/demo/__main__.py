"""The demo server as a child process: it says READY, and ends when its standard input or its parent does."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

from kubegenie_tui.demo.scale.world import scaled_worlds
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.stories import DOWN, build_worlds


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input closes, the parent ends, or a signal comes."""
    parser = argparse.ArgumentParser(
        prog="python -m kubegenie_tui.demo", description="Simulated Kubernetes clusters on loopback."
    )
    parser.add_argument("--dir", type=Path, required=True, help="directory for the kubeconfig")
    parser.add_argument("--remove", action="store_true", help="remove that directory at the end")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--seed", type=int, default=0, help="other names and numbers, the same story")
    parser.add_argument("--scale", type=int, default=0, metavar="PODS", help="clusters of so many pods instead")
    parser.add_argument("--clusters", type=int, default=1, metavar="COUNT", help="how many of those")
    parser.add_argument("--churn", type=int, default=0, metavar="RATE", help="how many of them change a second")
    options = parser.parse_args(arguments)
    asyncio.run(serve(options))
    if options.remove:
        shutil.rmtree(options.dir, ignore_errors=True)
    return 0


async def serve(options: argparse.Namespace) -> None:
    """Run the server and wait for the end."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    async with _server(options) as server:
        path = server.kubeconfig(options.dir / "kubeconfig")
        sys.stdout.write(f"READY {path}\n")
        sys.stdout.flush()
        watching = [asyncio.create_task(_input_closes(over)), asyncio.create_task(_parent_ends(over))]
        await over.wait()
        for task in watching:
            task.cancel()


def _server(options: argparse.Namespace) -> DemoServer:
    if options.scale:
        worlds = scaled_worlds(options.clusters, options.scale, churn=options.churn, seed=options.seed)
        return DemoServer(worlds, port=options.port)
    return DemoServer(build_worlds(seed=options.seed), port=options.port, down=DOWN)


async def _input_closes(over: asyncio.Event) -> None:
    """Set `over` when standard input ends; a terminal does not."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except (OSError, ValueError):
        return
    while await reader.read(4096):
        pass
    over.set()


async def _parent_ends(over: asyncio.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells a process that its parent ended
        await asyncio.sleep(0.5)
    over.set()


if __name__ == "__main__":
    sys.exit(main())

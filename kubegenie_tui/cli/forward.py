"""`kubegenie forward`: ports of this computer that lead to ports of pods, until it is interrupted."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.get import kind_named
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.forward import ForwardSpec, ForwardState, ForwardStatus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.forwards import Forwards


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie forward KIND/NAME [LOCAL:]PORT ...`.

    Raises:
        UsageError: a port is none; a local port is taken.
        KubeGenieError: the cluster refuses.
    """
    ports = [parse_ports(text) for text in arguments.ports]
    run_to_end(_forward(arguments, ports))
    return Exit.OK


def parse_ports(text: str) -> tuple[int, str]:
    """Local and remote port of `8080:80`, `8080:http` or `8080`.

    Raises:
        UsageError: it is none of these.
    """
    local, colon, remote = text.partition(":")
    remote = remote if colon else local
    if not (local.isascii() and local.isdigit() and 0 < int(local) < 65536 and remote):
        raise UsageError(f'"{text}" names no ports', next_step="write LOCAL:PORT, such as 8080:80 or 8080:http")
    return int(local), remote


async def _forward(arguments: argparse.Namespace, ports: list[tuple[int, str]]) -> None:
    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        kind_name, slash, name = arguments.target.partition("/")
        kind = await kind_named(agent, kind_name if slash else "pods")
        namespace = namespace_of(arguments) or agent.status.namespace or "default"
        target = ObjectRef(kind.id, name or kind_name, namespace, agent.name)
        teller = _Teller(services.forwards)
        for local, remote in ports:
            await services.forwards.start(ForwardSpec(target, remote, local), keep=False)
        stop = services.forwards.subscribe(teller.tell)
        teller.tell()
        try:
            raise await teller.refused
        finally:
            stop()


class _Teller:
    """Says on standard error what has changed."""

    def __init__(self, forwards: "Forwards") -> None:
        self._forwards = forwards
        self.refused: asyncio.Future[KubeGenieError] = asyncio.get_running_loop().create_future()
        """Why a forward has ended by itself."""
        self._said: dict[str, tuple[ForwardState, str, str]] = {}

    def tell(self) -> None:
        """Say what is new since the last time."""
        for status in self._forwards.statuses:
            now = (status.state, status.pod, str(status.error or ""))
            if status.started and self._said.get(status.spec.id) != now:
                self._say(status, self._said.get(status.spec.id))
                self._said[status.spec.id] = now

    def _say(self, status: ForwardStatus, before: tuple[ForwardState, str, str] | None) -> None:
        spec = status.spec
        if status.error is not None and status.state is ForwardState.STOPPED:
            if not self.refused.done():
                self.refused.set_result(status.error)
        elif status.error is not None:
            complain(status.error)
        elif status.state is ForwardState.READY and (before is None or before[:2] != (status.state, status.pod)):
            sys.stderr.write(plain(f"localhost:{spec.local} leads to pod {status.pod} port {spec.port}") + "\n")

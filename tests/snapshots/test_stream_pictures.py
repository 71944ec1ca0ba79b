"""Pictures of what reaches into pods: the list of port-forwards, a shell, a file copy."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from kubegenie_tui.agents.archive import Transfer
from kubegenie_tui.domain.errors import KubeGenieError, NotFound
from kubegenie_tui.domain.forward import ForwardSpec, ForwardState, ForwardStatus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.kube.streams.process import Outcome
from kubegenie_tui.screens.copying import CopyScreen
from kubegenie_tui.screens.forwards import ForwardsScreen
from kubegenie_tui.screens.shell import ShellScreen
from tests.snapshots.frozen import NOW, freeze
from tests.snapshots.test_pictures import also_pictured
from tests.ui.played_pod import PlayedProcess, PlayedSession, played_services
from tests.ui.stage import Stage, text_of, until

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])


def target(kind: str, name: str) -> ObjectRef:
    return ObjectRef(kind, name, "shop", "prod-eu")


FORWARDS = (
    ForwardStatus(
        ForwardSpec(target("services", "checkout"), "80", 8080),
        ForwardState.READY,
        "checkout-7d9c6b5f4-x2x4q",
        total=1204,
        open=3,
        sent=48_230_111,
        received=1_904_331_023,
        started=NOW - 4000,
    ),
    ForwardStatus(
        ForwardSpec(target("pods", "checkout-db-0"), "5432", 5432),
        ForwardState.LOST,
        error=NotFound('Not found: pods "checkout-db-0" in namespace "shop"', "it may have been deleted meanwhile"),
        total=7,
        sent=9_120,
        received=80_440,
        started=NOW - 600,
    ),
    ForwardStatus(
        ForwardSpec(target("deployments.apps", "pricing"), "metrics", 9100),
        ForwardState.READY,
        "pricing-6t9n8qw5b-4xwqz",
        error=KubeGenieError("A connection was not forwarded", "dial tcp4 127.0.0.1:9100: connect: connection refused"),
        total=2,
        started=NOW - 60,
    ),
    ForwardStatus(ForwardSpec(target("services", "frontend"), "80", 8081), wanted=True),
    ForwardStatus(ForwardSpec(target("services", "redis"), "6379", 6379)),
)
SHELL = (
    b"\x1b[?2004h\x1b[1;32mroot@checkout\x1b[0m:\x1b[34m/app\x1b[0m# ls --color\r\n",
    b"\x1b[01;34mbin\x1b[0m  config.yaml  \x1b[01;32mserver\x1b[0m  \x1b[01;36mlogs\x1b[0m  "
    b"\x1b[41;97m expired.pem \x1b[0m\r\n",
    b"\x1b[1;32mroot@checkout\x1b[0m:\x1b[34m/app\x1b[0m# echo \xe6\xbc\xa2\xe5\xad\x97 [/bold] \xc3\xbc\r\n",
    b"\xe6\xbc\xa2\xe5\xad\x97 [/bold] \xc3\xbc\r\n"
    b"\x1b[38;5;208morange\x1b[0m \x1b[38;2;120;80;220mviolet\x1b[0m \x1b[7mreverse\x1b[0m\r\n",
    b"\x1b[1;32mroot@checkout\x1b[0m:\x1b[34m/app\x1b[0m# ",
)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


class Framed(Stage):
    """A stage that makes its screen when it runs."""

    def __init__(self, make: Callable[[], Screen[Any]], **options: Any) -> None:
        super().__init__(**options)
        self._make = make

    async def on_mount(self) -> None:
        await self.push_screen(self._make())


def pictured(compare: Compare, app: Framed, size: tuple[int, int], words: str, name: str = "") -> bool:
    async def before(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: words in text_of(pilot))
        await pilot.pause()

    return compare(app, terminal_size=size, run_before=also_pictured(name, before) if name else before)


@SIZES
def test_forwards(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Framed(lambda: ForwardsScreen(played_services(*FORWARDS)))

    async def before(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "localhost:8081" in text_of(pilot))
        await pilot.press("home")
        await until(pilot, lambda: "deleted meanwhile" in text_of(pilot))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=also_pictured("forwards", before))


def test_no_forwards(snap_compare: Compare) -> None:
    assert pictured(snap_compare, Framed(lambda: ForwardsScreen(played_services())), (80, 24), "makes one")


def shell(process: PlayedProcess, *, age: float = 60.0, theme: str = "dark") -> Framed:
    async def begin() -> Any:
        return PlayedSession(process, age=age)

    return Framed(lambda: ShellScreen("shell shop/checkout-7d9c6b5f4-x2x4q app", begin, keymap={}), theme=theme)


@SIZES
def test_shell(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert pictured(snap_compare, shell(PlayedProcess(*SHELL)), size, "reverse", "shell")


def test_shell_in_light(snap_compare: Compare) -> None:
    assert pictured(snap_compare, shell(PlayedProcess(*SHELL), theme="light"), (80, 24), "reverse")


def test_no_shell(snap_compare: Compare) -> None:
    missing = Outcome(None, 'exec: "sh": executable file not found in $PATH: unknown')
    assert pictured(snap_compare, shell(PlayedProcess(outcome=missing), age=0.0), (80, 24), "This image has no shell")


@SIZES
def test_copy(snap_compare: Compare, size: tuple[int, int]) -> None:
    transfer = Transfer(200_000_000)
    transfer.bytes, transfer.files, transfer.current = 71_000_000, 3, "dump/orders.sql"

    async def copy() -> None:
        await asyncio.Event().wait()

    app = Framed(lambda: CopyScreen("Copying dump into the pod", copy(), transfer))
    assert pictured(snap_compare, app, size, "orders.sql")

"""Pictures of the commands for the guide: what they print on the demo's clusters, at a moment that never passes.

UPDATE_PICTURES=1 writes them anew; otherwise they are compared.
"""

import asyncio
import contextlib
import io
import os
import re
import shlex
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from kubegenie_tui.cli import main
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.stories import DOWN
from tests.demo_worlds import demo_worlds
from tests.snapshots.frozen import NOW, freeze
from tests.snapshots.test_pictures import PICTURES

COLUMNS = 110
COMMANDS = {
    "command-help": "kubegenie --help",
    "command-get": "kubegenie get pods -n shop -l 'app in (checkout,reviews,redis)'",
    "command-ask": 'kubegenie ask "why is checkout failing?"',
    "command-clusters-list": "kubegenie clusters list",
    "command-clusters-test": "kubegenie clusters test edge-paris rack-7",
    "command-doctor": "kubegenie doctor",
}
"""What is shown, by the picture's name."""


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """The demo's clusters in a thread of their own, standing still."""
    server = DemoServer(demo_worlds(NOW), down=DOWN, ticking=False)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(server.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("name", COMMANDS)
def test_command(
    name: str,
    server: DemoServer,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    freeze(monkeypatch)
    monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig(tmp_path / "kubeconfig")))
    for variable, value in {"COLUMNS": "80", "LINES": "45", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr(
        "kubegenie_tui.domain.cluster_rows.latency_text", lambda status: "2 ms" if status.latency_ms else None
    )
    monkeypatch.setattr("platform.python_version", lambda: "3.11.9")
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    with contextlib.suppress(SystemExit):
        main(shlex.split(COMMANDS[name])[1:])
    out, err = capsys.readouterr()
    assert err == ""
    shown = drawn(COMMANDS[name], tidied(out, server.port, tmp_path, home))
    file = PICTURES / f"{name}.svg"
    if os.environ.get("UPDATE_PICTURES"):
        file.write_text(shown, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == shown, f"docs/screenshots/{name}.svg is of another output"


def tidied(text: str, port: int, tmp_path: Path, home: Path) -> str:
    """The output without what differs from run to run."""
    text = text.replace(str(tmp_path / "kubeconfig"), "~/.kube/config").replace(str(home), "~/.kubegenie")
    text = re.sub(r"\b\d+ ms", "2 ms", text)
    return re.sub(rf"\b{port}\b", "38211", text)


def drawn(command: str, output: str) -> str:
    """A terminal with a command and its output, SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ {command}", "bold"))
    console.print(Text(output.rstrip("\n")))
    return console.export_svg(title="KubeGenie")

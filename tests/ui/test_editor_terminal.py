"""The person's own editor in a real pseudo-terminal: it gets the terminal, and the app comes back with the edit."""

import stat
import sys
from pathlib import Path

from tests.ui.test_terminal import PATIENCE, program

EDITOR = f"""#!{sys.executable}
import sys
from pathlib import Path
file = Path(sys.argv[1])
words = input("the editor has the terminal: ")
file.write_text(file.read_text().replace("gateway.payments", words))
"""


def test_the_editor_gets_the_terminal_and_gives_it_back(home: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    demo = ("demo", "--context", "prod-eu", "-n", "shop", "-c", "cm /checkout-config")
    environment = {"TERM": "xterm-256color", "EDITOR": str(editor), "VISUAL": "", "KUBE_EDITOR": ""}
    with program(home, *demo, environment=environment) as (terminal, process):
        terminal.read_until("1 of 8")
        terminal.type("E")
        terminal.read_until("the editor has the terminal:")
        terminal.type("edited.payments\r")
        terminal.read_until("W1 reversible")
        terminal.read_until("PAYMENT_URL: http://edited.payments")
        told = terminal.written.partition(b"the editor has the terminal: ")[2]
        assert told.startswith(b"edited.payments\r\n"), told[:200]
        terminal.type("y")
        terminal.read_until("Done in")
        terminal.type("q\x11")
        terminal.read_to_end()
        assert process.wait(PATIENCE) == 0

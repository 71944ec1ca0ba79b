from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit


def costs(kubeconfig: Path, *arguments: str) -> int:
    return main(["--kubeconfig", str(kubeconfig), "--context", "prod-eu", "costs", *arguments])


def test_machines_without_a_price_and_what_could_be_saved(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert costs(demo_kubeconfig) == Exit.OK
    told = capsys.readouterr().out
    assert told.startswith("No price sheet knows the machines of this cluster")
    assert "?  8 of 12 nodes would not be needed" in told
    assert "packed to 90% they find room on" in told


def test_for_programs(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert costs(demo_kubeconfig, "-o", "json") == Exit.OK
    told = msgspec.json.decode(capsys.readouterr().out)
    assert (told["estimate"], told["monthly"], told["saving"], told["unread"]) == (None, None, 0, [])
    [spare] = [each for each in told["advice"] if each["rule"] == "spare-nodes"]
    assert spare["steps"][0]["body"] == {"spec": {"unschedulable": True}}

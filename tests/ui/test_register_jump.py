"""A private server registered in the app: the jump host's key is shown and accepted first, then the server's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Input

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.form import FormRow
from tests.jump_host import JumpHost
from tests.keyrings import Ring, using
from tests.rack import TOKEN, Rack
from tests.ui.test_register import cheap, listed, rack, registering

__all__ = ["cheap", "rack"]


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[JumpHost]:
    async with JumpHost(tmp_path / "ssh").running() as host:
        yield host


async def test_from_an_unknown_key_to_a_healthy_cluster(
    tmp_path: Path, rack: Rack, host: JumpHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with using(Ring()):
        async with listed(tmp_path) as demo:
            jump = f"me@127.0.0.1:{host.port}"
            await registering(demo, name="rack-7", server=rack.url, token=TOKEN, jump=jump, jump_key=str(host.key))
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("jump host · failed")
            await demo.pilot.press("ctrl+y")
            await demo.until_shown(f"The jump host shows {host.fingerprint}")
            await demo.pilot.press("ctrl+y")
            await demo.until_shown("The server shows CN=rack-7")
            typed = {row.field.id: row.typed for row in demo.app.screen.query(FormRow) if isinstance(row.entry, Input)}
            assert typed["jump_host_key"] == host.fingerprint
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("identity · done · token (no groups)")
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("healthy")
            await demo.pilot.press("w")
            await demo.until_shown("Write a kubeconfig for rack-7")
            await demo.pilot.press("enter")
            await demo.until_shown("A kubeconfig cannot name an SSH jump host")
    port = int(rack.url.rpartition(":")[2])
    assert set(host.asked) == {("127.0.0.1", port)}

"""A cluster behind a proxy, typed into the form of the app: each part of the way is tried, to a real API server."""

from pathlib import Path

import pytest

from kubegenie_tui.screens.clusters import ClustersScreen
from tests.cluster.test_endpoints import by_token
from tests.control_plane import ControlPlane
from tests.keyrings import Ring, using
from tests.ui.test_register import cheap, listed, registering
from tests.unit.kube.http.test_proxy import Tunnel
from tests.unit.kube.loopback import raw_server

__all__ = ["cheap"]
pytestmark = pytest.mark.cluster


async def test_from_the_form_through_a_proxy_to_a_healthy_cluster(ours: ControlPlane, tmp_path: Path) -> None:
    endpoint, secrets = by_token(ours)
    authority = tmp_path / "ca.pem"
    authority.write_text(endpoint.ca)
    there, tunnel, refusing = endpoint.server.removeprefix("https://"), Tunnel(), Tunnel("403 Forbidden")
    typed = {"name": "rack-7", "server": endpoint.server, "authority": str(authority), **secrets}
    with using(Ring()):
        async with raw_server(tunnel) as proxy, raw_server(refusing) as other, listed(tmp_path) as demo:
            screen = await registering(demo, proxy=other, **typed)
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("CONNECT · failed")
            await demo.until_shown("it answers 403 Forbidden")
            [entry] = [row.entry for row in screen.asked if row.field.id == "proxy"]
            entry.value = proxy  # type: ignore[misc] # of a line of text
            await demo.pilot.press("ctrl+t")
            await demo.until_shown(f"CONNECT · done · the proxy connects us to {there}")
            await demo.until_shown("rights · done · may list pods")
            for words in ("proxy name · done", "proxy · done", "TLS · done"):
                await demo.until_shown(words)
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("healthy")
    assert {head.split()[1] for head in tunnel.heads} == {there}

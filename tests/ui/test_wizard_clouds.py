"""A provider that cannot be used says in the wizard what to install."""

from pathlib import Path

import pytest

from kubegenie_tui.screens.clusters import ClustersScreen
from tests.ui.wizarding import listed
from tests.unit.providers.test_extras import without


async def test_a_provider_without_its_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without("botocore", monkeypatch)
    async with listed(tmp_path, monkeypatch) as demo:
        for key, title in (("n", "Create a cluster with"), ("d", "Where to look for clusters")):
            await demo.pilot.press(key)
            await demo.until_shown(title)
            [line] = [line for line in demo.text().splitlines() if "pip install" in line]
            assert "eks" in line
            assert 'pip install "kubegenie[aws]"' in line
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))

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


@pytest.mark.parametrize(("key", "title"), [("n", "Create a cluster with"), ("d", "Where to look for clusters")])
async def test_what_is_said_of_a_provider_goes_on_below_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, title: str
) -> None:
    async with listed(tmp_path, monkeypatch) as demo:
        await demo.pilot.resize_terminal(66, 24)
        await demo.pilot.press(key)
        await demo.until_shown(title)
        lines = demo.text().splitlines()
        at = next(at for at, line in enumerate(lines) if "Crossplane, on" in line)
        goes_on = len(lines[at + 1]) - len(lines[at + 1].lstrip(" │"))
        assert goes_on == lines[at].index("Crossplane, on")

"""`kubegenie provision` as a person or a script runs it, against the toy cloud, with the process that works."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubegenie_tui.paths import database_file
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.lock import PASSPHRASE_FILE, Way
from kubegenie_tui.store.store import Store
from tests.clouds.toy import ToyCloud
from tests.clouds.toy_site import install_toy
from tests.unit.provision.test_process import workers
from tests.wheels import on_the_path

CLUSTER = {"name": "shop", "region": "north", "pools": [{"name": "default", "size": "small"}]}


class Shell:
    """Runs our command."""

    def __init__(self, cloud: ToyCloud, directory: Path) -> None:
        self.cloud = cloud
        self.file = directory / "shop.yaml"
        self.describe(CLUSTER)

    def describe(self, cluster: dict[str, Any]) -> None:
        config = {"url": self.cloud.url, "token": "toy"}
        self.file.write_text(yaml.safe_dump({"provider": "toy", "config": config, "cluster": cluster}))

    async def run(self, *words: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kubegenie_tui", "provision", *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
async def shell(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shell]:
    directory = install_toy(tmp_path / "site")
    phrase = tmp_path / "phrase"
    phrase.write_text("a long phrase")
    monkeypatch.setenv("PYTHONPATH", str(directory))
    monkeypatch.setenv(PASSPHRASE_FILE, str(phrase))
    monkeypatch.setenv("KUBEGENIE_PROVISION_LOOK_SECONDS", "0.05")
    store = await Store.open(database_file())
    with on_the_path(directory):
        registry = Registry(PluginSettings(), Pins(store.facts))
        await registry.allow(next(each for each in await registry.offers() if each.name == "toy"))
    await store.safe.set_up(Way.PASSPHRASE, "a long phrase")
    await store.close()
    async with ToyCloud() as cloud:
        yield Shell(cloud, tmp_path)
    for process in workers():
        if process.environ().get("PYTHONPATH") == str(directory):
            process.kill()


async def test_from_a_file_to_a_cluster_and_back(shell: Shell) -> None:
    status, out, _ = await shell.run("plan", "-f", str(shell.file))
    assert status == 0
    assert "toy:CreatePool" in out
    assert "$146.00 a month, by prices of 2026-11-01" in out
    assert not shell.cloud.things
    status, out, err = await shell.run("create", "-f", str(shell.file), "--confirm", "shop")
    assert (status, err) == (0, "")
    assert "● Pool default: 2 x small: done" in out
    status, out, _ = await shell.run("status", "-f", str(shell.file), "-o", "json")
    told = json.loads(out)
    assert (told["name"], told["state"], told["worked_on"]) == ("shop", "done", False)
    assert "token" not in out
    status, out, _ = await shell.run("upgrade", "shop")
    assert "1.38" in out
    status, out, err = await shell.run("scale", "shop", "--pool", "default", "--nodes", "5", "--confirm", "shop")
    assert (status, err) == (0, "")
    bounds = ("scale", "shop", "--pool", "default", "--least", "1")
    status, out, err = await shell.run(*bounds, "--most", "3", "--confirm", "shop")
    assert (status, err) == (0, "")
    for more, said in (((), "The most is missing"), (("--most", "0"), "from 1"), (("--nodes", "2"), "not both")):
        status, _, err = await shell.run(*bounds, *more, "--confirm", "shop")
        assert status != 0
        assert said in err
    status, out, err = await shell.run("delete", "-f", str(shell.file), "--confirm", "shop", "-o", "json")
    assert (status, json.loads(out)["state"]) == (0, "removed")
    assert shell.cloud.names == {"scale/default-5", "scale/default-1-to-3"}


async def test_the_cluster_is_named_once(shell: Shell) -> None:
    for words in (("delete",), ("delete", "shop", "-f", str(shell.file)), ("status", "shop", "-f", str(shell.file))):
        status, _, err = await shell.run(*words)
        assert status != 0
        assert "One cluster has to be named" in err
    shell.describe({"region": "north"})
    status, _, err = await shell.run("status", "-f", str(shell.file))
    assert status != 0
    assert "names no cluster" in err


async def test_nothing_is_made_while_nobody_says_yes(shell: Shell) -> None:
    status, _, err = await shell.run("create", "-f", str(shell.file))
    assert status == 2
    assert "give --confirm shop" in err
    status, _, err = await shell.run("create", "-f", str(shell.file), "--confirm", "shup")
    assert status == 2
    assert not shell.cloud.things


async def test_what_is_wrong_in_the_file_is_named(shell: Shell) -> None:
    shell.describe({"name": "Shop", "region": "north"})
    status, _, err = await shell.run("plan", "-f", str(shell.file))
    assert status == 1
    assert "name: " in err
    shell.file.write_text("provider: [")
    status, _, err = await shell.run("plan", "-f", str(shell.file))
    assert status == 2
    assert "is no YAML" in err


async def test_a_failed_work_is_told_and_resumed(shell: Shell) -> None:
    shell.cloud.fail("pool/default", "no machines left")
    status, out, _ = await shell.run("create", "-f", str(shell.file), "--confirm", "shop")
    assert status == 1
    assert "no machines left" in out
    shell.cloud.fail("pool/default", "")
    status, out, err = await shell.run("resume", "shop")
    assert (status, err) == (0, "")
    status, out, _ = await shell.run("status")
    assert "done" in out

"""`kubegenie provision` as a person or a script runs it, against the toy cloud, with the process that works."""

import asyncio
import json
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.paths import database_file
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.lock import PASSPHRASE_FILE
from kubegenie_tui.store.store import Store
from tests.clouds.command_line import CommandLine, command_line
from tests.clouds.toy import ToyCloud
from tests.clouds.toy_site import install_toy
from tests.unit.provision.test_process import workers
from tests.wheels import on_the_path

CLUSTER = {"name": "shop", "region": "north", "pools": [{"name": "default", "size": "small"}]}


class Shell:
    """Runs our command on the toy cloud."""

    def __init__(self, cloud: ToyCloud, line: CommandLine) -> None:
        self.cloud = cloud
        self.line = line
        self.file = line.file
        self.describe(CLUSTER)

    def describe(self, cluster: dict[str, Any], token: str = "toy") -> None:
        self.line.describe("toy", {"url": self.cloud.url, "token": token}, cluster)

    async def run(self, *words: str) -> tuple[int, str, str]:
        return await self.line.run("provision", *words)


@pytest.fixture
async def shell(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shell]:
    directory = install_toy(tmp_path / "site")
    async with command_line(tmp_path, monkeypatch, directory) as line, ToyCloud() as cloud:
        store = await Store.open(database_file())
        with on_the_path(directory):
            registry = Registry(PluginSettings(), Pins(store.facts))
            await registry.allow(next(each for each in await registry.offers() if each.name == "toy"))
        await store.close()
        yield Shell(cloud, line)


async def test_from_a_file_to_a_cluster_and_back(shell: Shell) -> None:
    status, out, _ = await shell.run("plan", "-f", str(shell.file))
    assert status == 0
    assert "toy:CreatePool" in out
    assert "$146.00 a month, by prices of 2026-11-01" in out
    assert not shell.cloud.things
    status, out, err = await shell.run("create", "-f", str(shell.file), "--confirm", "shop")
    assert (status, out) == (0, "● shop (toy, create): done\n")
    assert "● Pool default: 2 x small: done" in err
    status, out, _ = await shell.run("status", "-f", str(shell.file), "-o", "json")
    told = json.loads(out)
    assert (told["name"], told["state"], told["worked_on"]) == ("shop", "done", False)
    assert "token" not in out
    status, out, _ = await shell.run("upgrade", "shop")
    assert "1.38" in out
    status, out, err = await shell.run("scale", "shop", "--pool", "default", "--nodes", "5", "--confirm", "shop")
    assert (status, out) == (0, "● shop (toy, scale): done\n"), err
    bounds = ("scale", "shop", "--pool", "default", "--least", "1")
    status, out, err = await shell.run(*bounds, "--most", "3", "--confirm", "shop")
    assert (status, out) == (0, "● shop (toy, scale): done\n"), err
    for more, said in (((), "The most is missing"), (("--most", "0"), "from 1"), (("--nodes", "2"), "not both")):
        status, _, err = await shell.run(*bounds, *more, "--confirm", "shop")
        assert status != 0
        assert said in err
    status, out, err = await shell.run("delete", "-f", str(shell.file), "--confirm", "shop", "-o", "json")
    assert (status, json.loads(out)["state"]) == (0, "removed")
    assert shell.cloud.names == {"scale/default-5", "scale/default-1-to-3"}


async def test_a_file_that_means_another_cluster_removes_nothing(shell: Shell) -> None:
    assert (await shell.run("create", "-f", str(shell.file), "--confirm", "shop"))[0] == 0
    shell.line.describe("toy", {"url": "http://127.0.0.1:9", "token": "another"}, CLUSTER)
    for words in (("status",), ("delete", "--confirm", "shop")):
        status, _, err = await shell.run(*words, "-f", str(shell.file))
        assert (status, "shop was not made where the file says: config.url · give the name shop" in err) == (2, True)
    shell.line.describe("toy", {"url": shell.cloud.url}, {"name": "shop"})
    assert (await shell.run("status", "-f", str(shell.file)))[0] == 0, "neither secrets nor the cluster are compared"
    assert len(shell.cloud.things) == 3


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
    assert err.startswith("kubegenie: cluster.name: it takes small letters")
    assert "kubegenie: cluster.pools" not in err
    shell.file.write_text("{provider: toy, config: {}, cluster: {}, clutser: {}, name: x}")
    status, _, err = await shell.run("plan", "-f", str(shell.file))
    assert status == 2
    assert "has clutser, name, which mean nothing" in err
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
    assert (status, out) == (0, "● shop (toy, create): done\n"), err
    status, out, _ = await shell.run("status")
    assert "done" in out


async def test_what_is_begun_again_after_it_failed_goes_on(shell: Shell) -> None:
    shell.cloud.fail("plane/shop", "no room left")
    status, _, err = await shell.run("create", "-f", str(shell.file), "--confirm", "shop")
    assert (status, "no room left" in err) == (1, True)
    shell.describe({**CLUSTER, "pools": [{"name": "default", "size": "large"}]})
    status, _, err = await shell.run("create", "-f", str(shell.file), "--confirm", "shop")
    assert (status, "other than then: cluster.pools" in err) == (1, True)
    shell.describe(CLUSTER)
    shell.cloud.fail("plane/shop", "")
    status, out, err = await shell.run("create", "-f", str(shell.file))
    assert (status, out) == (0, "● shop (toy, create): done\n")
    assert "shop was begun before, and is failed: it goes on." in err
    assert shell.cloud.names == {"network/shop", "plane/shop", "pool/default"}


async def test_credentials_that_ended_are_replaced_by_those_of_the_file(shell: Shell) -> None:
    file = ("-f", str(shell.file))
    shell.cloud.after = lambda request: setattr(shell.cloud, "key", "newer") if request == "POST plane/shop" else None
    status, out, _ = await shell.run("create", *file, "--confirm", "shop")
    assert status == 1
    assert "who are you?\n  other credentials: `kubegenie provision create -f FILE` takes those of the file" in out
    shell.describe(CLUSTER, "wrong")
    status, _, err = await shell.run("create", *file)
    assert (status, "The toy cloud refuses · who are you?" in err) == (1, True)
    shell.describe(CLUSTER, "newer")
    status, out, err = await shell.run("create", *file)
    assert (status, out) == (0, "● shop (toy, create): done\n"), err
    assert "The credentials of the file are taken from now on: as anna." in err
    shell.cloud.key = "newest"
    assert (await shell.run("upgrade", "shop", "--version", "1.38", "--confirm", "shop"))[0] == 1
    shell.describe(CLUSTER, "newest")
    status, out, err = await shell.run("create", *file)
    assert (status, "shop is there already: nothing is done." in err, "taken from now on" in err) == (0, True, True)
    _, out, err = await shell.run("resume", json.loads((await shell.run("status", "-o", "json"))[1])[0]["id"])
    assert out == "● shop (toy, upgrade): done\n", err
    shell.cloud.key = "last"
    shell.describe(CLUSTER, "last")
    status, out, err = await shell.run("delete", *file, "--confirm", "shop")
    assert (status, out) == (0, "○ shop (toy, create): removed\n"), err


async def test_what_is_half_removed_is_not_created(shell: Shell) -> None:
    assert (await shell.run("create", "-f", str(shell.file), "--confirm", "shop"))[0] == 0
    shell.cloud.refuse("DELETE plane/shop", "denied")
    status, _, _ = await shell.run("delete", "-f", str(shell.file), "--confirm", "shop")
    assert status == 1
    status, _, err = await shell.run("create", "-f", str(shell.file))
    assert status == 2
    assert "The removal of shop did not come to its end" in err
    assert "`kubegenie provision delete shop` goes on with that" in err
    assert (await shell.run("delete", "shop", "--confirm", "shop"))[0] == 0
    assert not shell.cloud.things
    status, _, _ = await shell.run("create", "-f", str(shell.file), "--confirm", "shop")
    assert (status, len(shell.cloud.things)) == (0, 3)


async def test_a_removal_is_watched_broken_off_and_gone_on_with(shell: Shell) -> None:
    assert (await shell.run("create", "-f", str(shell.file), "--confirm", "shop"))[0] == 0
    shell.cloud.looks = 10**9
    delete = ("provision", "delete", "-f", str(shell.file), "--confirm", "shop")
    for first in ("remove what toy:CreatePool made", "shop is being removed already."):
        command = await shell.line.begin(*delete)
        await command.says(first)
        await command.says("◐ Pool default: 2 x small: removing")
        status, out, err = await command.told(signal.SIGINT)
        assert (status, out, "shop goes on without this command" in err) == (130, "", True)
    status, _, err = await shell.run("create", "-f", str(shell.file))
    assert (status, "kubegenie: shop is being removed · " in err) == (2, True)
    [work] = json.loads((await shell.run("status", "-o", "json"))[1])
    [worker] = workers(work["id"])
    worker.kill()
    worker.wait()
    status, out, _ = await shell.run("status", "shop")
    assert out.startswith("▲ shop (toy, create): broken off\n  `kubegenie provision resume shop` goes on")
    shell.cloud.looks = 1
    for each in shell.cloud.things.values():
        each.looks = 1
    status, out, _ = await shell.line.run(*delete)
    assert (status, out) == (0, "○ shop (toy, create): removed\n")
    assert not shell.cloud.things


async def test_a_safe_that_nobody_opens_stops_it_before_anything_is_made(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSPHRASE_FILE)
    status, _, err = await shell.run("create", "-f", str(shell.file), "--confirm", "shop")
    assert status == 1
    assert "A passphrase is needed · there is no terminal to ask for it at" in err
    assert not shell.cloud.things


@pytest.mark.parametrize("question", ["Type shop to go on: ", "Passphrase: "])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_whoever_is_asked_is_heard_at_once(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, question: str, number: signal.Signals
) -> None:
    words = []
    if question == "Passphrase: ":
        monkeypatch.delenv(PASSPHRASE_FILE)
        words = ["--confirm", "shop"]
    status, said = await at_a_terminal(shell, question, "\x03" if number is signal.SIGINT else number, *words)
    assert status == 128 + number
    assert "Traceback" not in said
    assert not shell.cloud.things


async def test_the_name_is_typed_at_a_terminal(shell: Shell) -> None:
    status, said = await at_a_terminal(shell, "Type shop to go on: ", "shop\n")
    assert status == 0
    assert "● shop (toy, create): done" in said
    assert len(shell.cloud.things) == 3


async def test_it_goes_on_without_whoever_began_it(shell: Shell) -> None:
    shell.cloud.looks = 10**9
    status, out, _ = await shell.run("create", "-f", str(shell.file), "--confirm", "shop", "--detach")
    assert (status, out) == (0, "◐ shop (toy, create): running\n")
    watching = await shell.line.begin("provision", "status", "shop", "--follow", "-o", "json")
    await watching.says("◐ Network shop: started")
    shell.cloud.looks = 1
    for each in shell.cloud.things.values():
        each.looks = 1
    status, out, err = await watching.ended()
    assert (status, json.loads(out)["state"]) == (0, "done")
    assert "● Pool default: 2 x small: done" in err


async def at_a_terminal(shell: Shell, question: str, answer: str | signal.Signals, *words: str) -> tuple[int, str]:
    """What `create` ends with, and all that it wrote, when this is typed at a question, or this signal comes."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _AT_TERMINAL, sys.executable, "-m", "kubegenie_tui", "provision", "create"),
        *("-f", str(shell.file), *words),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said = ""
    try:
        while question not in said:
            said += (await asyncio.to_thread(os.read, ours, 65_536)).decode(errors="replace")
        if isinstance(answer, str):
            os.write(ours, answer.encode())
        else:
            process.send_signal(answer)
        said += await asyncio.to_thread(_rest, ours)
        return await process.wait(), said
    finally:
        if process.returncode is None:
            process.kill()
        os.close(ours)


_AT_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


def _rest(terminal: int) -> str:
    """All that is written until nobody has the terminal any more."""
    said = b""
    while True:
        try:
            data = os.read(terminal, 65_536)
        except OSError:
            return said.decode(errors="replace")
        said += data

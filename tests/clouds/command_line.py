"""`kubegenie` as a script runs it: a process without a terminal, whose standard input is open and says nothing."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
import yaml

from kubegenie_tui.paths import database_file
from kubegenie_tui.store.lock import PASSPHRASE_FILE, Way
from kubegenie_tui.store.store import Store
from tests.unit.provision.test_process import workers

PATIENCE = 120.0
"""Seconds in which a command that waits for nobody has ended."""
PHRASE = "a long phrase"


class Said(NamedTuple):
    """What a command ended with."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Begun:
    """A command that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._heard = ""

    async def says(self, words: str) -> None:
        """Returns once it has said that on standard error."""
        assert self._process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            while words not in self._heard:
                line = await self._process.stderr.readline()
                assert line, f"{words} is not in\n{self._heard}"
                self._heard += line.decode()

    async def told(self, number: signal.Signals) -> Said:
        """What it says and ends with at a signal."""
        self._process.send_signal(number)
        return await self.ended()

    async def ended(self) -> Said:
        async with asyncio.timeout(PATIENCE):
            out, err = await self._process.communicate()
        assert self._process.returncode is not None
        return Said(self._process.returncode, out.decode(), self._heard + err.decode())


class CommandLine:
    """Runs our command, most of the time about one file."""

    def __init__(self, directory: Path, silence: int) -> None:
        self.file = directory / "shop.yaml"
        self._silence = silence

    def describe(self, provider: str, config: dict[str, Any], cluster: dict[str, Any]) -> None:
        self.file.write_text(yaml.safe_dump({"provider": provider, "config": config, "cluster": cluster}))

    async def begin(self, *words: str) -> Begun:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kubegenie_tui"), *words,
            stdin=self._silence, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        return Begun(process)

    async def run(self, *words: str) -> Said:
        return await (await self.begin(*words)).ended()

    async def provision(self, verb: str, *words: str) -> Said:
        """A verb about the file."""
        return await self.run("provision", verb, "-f", str(self.file), *words)


@asynccontextmanager
async def command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Path) -> AsyncIterator[CommandLine]:
    """With a passphrase in a file. `site` has the entry points; who works with those is ended at the end."""
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE)
    monkeypatch.setenv(PASSPHRASE_FILE, str(phrase))
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("KUBEGENIE_PROVISION_LOOK_SECONDS", "0.05")
    store = await Store.open(database_file())
    await store.safe.set_up(Way.PASSPHRASE, PHRASE)
    await store.close()
    silence, nobody = os.pipe()
    try:
        yield CommandLine(tmp_path, silence)
    finally:
        os.close(silence)
        os.close(nobody)
        kill_workers(site)


def kill_workers(site: Path) -> None:
    """End who works with these entry points, in the middle of it."""
    for process in workers():
        with suppress(psutil.NoSuchProcess):
            if process.environ().get("PYTHONPATH") == str(site):
                process.kill()
                process.wait()

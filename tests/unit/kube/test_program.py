"""Programs that are run for us, well and badly behaved."""

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest

from kubegenie_tui.kube.program import COMPLAINT_BYTES, Finished, run_program


async def run(
    program: str,
    *words: str,
    timeout: float = 20.0,
    keep: int = 1 << 20,
    given: bytes | None = None,
    grace: float = 0.0,
) -> Finished:
    command = [sys.executable, "-S", "-c", program, *words]
    environ = {"PATH": os.environ["PATH"]}
    return await run_program(command, environ=environ, timeout=timeout, keep=keep, given=given, grace=grace)


async def test_what_it_is_given_and_what_it_says() -> None:
    program = "import sys; print(sys.stdin.read().upper()); print('careful', file=sys.stderr); sys.exit(3)"
    ended = await run(program, given=b"values")
    assert (ended.output, ended.complaint, ended.code) == (b"VALUES\n", "careful\n", 3)


async def test_without_input_it_reads_nothing() -> None:
    assert (await run("import sys; print(repr(sys.stdin.read()))")).output == b"''\n"


async def test_it_may_say_much_on_both_sides_and_read_nothing_of_much() -> None:
    program = """
import sys
for _ in range(64):
    sys.stdout.write("o" * 65536)
    sys.stderr.write("e" * 65536)
"""
    ended = await run(program, keep=1000, given=b"x" * (4 << 20))
    assert (ended.output, ended.complaint) == (b"o" * 1000, "e" * COMPLAINT_BYTES)


async def test_one_that_hangs_is_stopped() -> None:
    with pytest.raises(TimeoutError):
        await run("import time; time.sleep(600)", timeout=0.2)


async def test_what_it_started_ends_with_it(told: Path) -> None:
    program = """
import os, subprocess, sys
child = subprocess.Popen(["sleep", "600"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
child.wait()
"""
    running = asyncio.create_task(run(program, str(told)))
    pids = (await asyncio.to_thread(told.read_text)).split()
    processes = [psutil.Process(int(pid)) for pid in pids]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, 20)
    assert not alive


@pytest.mark.parametrize("turns", range(6))
async def test_one_that_is_broken_off_as_it_begins_leaves_nothing_behind(turns: int) -> None:
    nap = f"600.{os.getpid()}{turns}"
    words = ["/bin/sh", "-c", f"sleep {nap} & wait"]
    running = asyncio.create_task(run_program(words, environ=dict(os.environ), timeout=20.0, keep=1))
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == ["sleep", nap]]


async def test_one_that_is_told_to_end_may_tidy_up(told: Path, tmp_path: Path) -> None:
    program = """
import pathlib, signal, sys, time
def end(*_):
    pathlib.Path(sys.argv[2]).write_text("tidied up")
    sys.exit(1)
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[1]).write_text("began")
time.sleep(600)
"""
    running = asyncio.create_task(run(program, str(told), str(tmp_path / "end"), grace=10.0))
    assert await asyncio.to_thread(told.read_text) == "began"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (tmp_path / "end").read_text() == "tidied up"


async def test_one_that_does_not_exist() -> None:
    with pytest.raises(FileNotFoundError):
        await run_program(["/nowhere/helm"], environ={}, timeout=1.0, keep=1)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Where a program says something: who reads it waits for that."""
    os.mkfifo(tmp_path / "told")
    return tmp_path / "told"

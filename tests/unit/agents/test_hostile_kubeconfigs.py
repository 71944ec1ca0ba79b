"""Whatever stands in a kubeconfig: what can be used is listed, what cannot says why, and nothing else happens."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.store.store import Store
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.kubeconfigs import kubeconfig, write

NOWHERE = "http://127.0.0.1:9"
GOOD = kubeconfig({"good": NOWHERE}, current="good")
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
CONTEXTS = """
apiVersion: v1
kind: Config
current-context: {current}
clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:9"}}}}]
users: [{{name: u, user: {{}}}}]
contexts: [{{name: {name}, context: {{cluster: c, user: u}}}}]
"""
UNREADABLE = [
    "\0",
    "\x1b[31m",
    "{",
    "- a\n- b",
    "just text",
    "42",
    "!!python/object/apply:os.system ['true']",
    "[" * 3000,
]
ODD = [
    "clusters: 1\nusers: x\ncontexts: {a: b}",
    "contexts: [1, null, [], {}, {name: null}, {name: [a]}, {name: x}, {name: x, context: 3}]",
    "contexts: [{name: x, context: {cluster: nowhere, user: nobody}}]\ncurrent-context: y",
    "clusters: [{name: c, cluster: {server: 3}}]\ncontexts: [{name: x, context: {cluster: c}}]",
    "clusters: [{name: c, cluster: {server: 'http://[::1', proxy-url: x}}]\n"
    "contexts: [{name: x, context: {cluster: c}}]",
    "clusters: [{name: c, cluster: {server: 'https://a b'}}]\ncontexts: [{name: x, context: {cluster: c}}]",
    "clusters: [{name: c, cluster: {server: 'https://h:99999'}}]\ncontexts: [{name: x, context: {cluster: c}}]",
    f"clusters: [{{name: c, cluster: {{server: 'https://{'a' * 300}.example'}}}}]\n"
    "contexts: [{name: x, context: {cluster: c}}]",
    BOMB,
    "contexts: [{name: 2026-11-25, context: {cluster: 1, user: yes}}]",
]
NAMES = ['"[red]x[/red]"', '"\\x1b[2J"', '"a/b c"', '"\\u202Eevil"', '"' + "n" * 5000 + '"', '"\\n"', '"名前"', '""']


@contextlib.asynccontextmanager
async def managing(*files: Path) -> AsyncIterator[ClusterManager]:
    store = await Store.in_memory()
    manager = ClusterManager(store, kubeconfig=files, clock=FakeClock())
    await manager.start()
    try:
        yield manager
    finally:
        await manager.shutdown()
        await store.close()


@pytest.mark.parametrize("text", UNREADABLE)
async def test_an_unreadable_file_is_an_error_and_costs_no_other(tmp_path: Path, text: str) -> None:
    bad = write(tmp_path / "bad", text)
    async with managing(bad, write(tmp_path / "good", GOOD)) as manager:
        assert [status.name for status in manager.statuses] == ["good"]
        assert manager.current == "good"
        assert [error.file for error in manager.errors] == [str(bad)]


@pytest.mark.parametrize("text", ODD)
async def test_an_odd_file_costs_no_other_and_every_step_answers(tmp_path: Path, text: str) -> None:
    async with managing(write(tmp_path / "odd", text), write(tmp_path / "good", GOOD)) as manager:
        assert "good" in [status.name for status in manager.statuses]
        for number, status in enumerate(manager.statuses):
            steps = await manager.test(status.name)
            assert not steps[-1].ok
            assert steps[-1].detail
            with contextlib.suppress(KubeconfigError):
                await (await manager.open(status.name)).check()
            assert manager.statuses[number].error is not None


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    async with managing(write(tmp_path / "config", CONTEXTS.format(name=name, current=name))) as manager:
        for status in manager.statuses:
            assert (await manager.open(status.name)).name == status.name
            assert manager.current == status.name


async def test_a_thousand_contexts(tmp_path: Path) -> None:
    servers = {f"cluster-{number}": f"https://10.0.{number // 250}.{number % 250}:6443" for number in range(1000)}
    async with managing(write(tmp_path / "config", kubeconfig(servers))) as manager:
        assert len(manager.statuses) == 1000

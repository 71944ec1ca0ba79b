from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.roster import HIDES, Roster
from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.kube.context import Context
from kubegenie_tui.store.store import Store
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.kubeconfigs import kubeconfig, write

IN_CLUSTER = Context("in-cluster", server="https://10.0.0.1:443")


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = await Store.in_memory()
    yield store
    await store.close()


def roster(store: Store, *files: Path, extra: Sequence[Context] = ()) -> Roster:
    return Roster(store, files, extra=extra, source="kubeconfig", clock=FakeClock())


async def test_files_first_then_the_pod_we_run_in_then_registrations(tmp_path: Path, store: Store) -> None:
    first = write(tmp_path / "first", kubeconfig({"b": "https://b", "a": "https://a"}, current="a"))
    second = write(tmp_path / "second", kubeconfig({"c": "https://c"}, current="c"))
    other = write(tmp_path / "other", kubeconfig({"x": "https://x", "y": "https://y"}))
    await store.clusters.save(Registration("x", str(other), "x"))
    said = Traits({"env": "prod"}, read_only=True)
    await store.traits.set("x", said)
    await store.traits.set("a", Traits(colour="red"))
    found = roster(store, first, second, extra=[IN_CLUSTER])
    entries = await found.read()
    assert [(name, entry.source) for name, entry in entries.items()] == [
        ("b", "kubeconfig"),
        ("a", "kubeconfig"),
        ("c", "kubeconfig"),
        ("in-cluster", "in-cluster"),
        ("x", "registered"),
    ]
    assert (entries["x"].traits, entries["a"].traits, entries["b"].traits) == (said, Traits(colour="red"), Traits())
    assert (found.current, found.errors) == ("a", ())


async def test_no_file_at_all_is_said_and_no_error(tmp_path: Path, store: Store) -> None:
    found = roster(store, tmp_path / "none", extra=[IN_CLUSTER])
    assert list(await found.read()) == ["in-cluster"]
    assert "No kubeconfig" in found.errors[0].what


async def test_a_file_that_breaks_leaves_its_clusters_as_they_were(tmp_path: Path, store: Store) -> None:
    well = write(tmp_path / "well", kubeconfig({"a": "https://a"}, current="a"))
    broken = write(tmp_path / "broken", kubeconfig({"b": "https://b"}))
    found = roster(store, well, broken)
    before = await found.read()
    write(broken, "clusters: [{name: b, cluster: {server: 'https://b'\ncontexts:")
    assert await found.read() == before
    assert found.errors[0].file == str(broken)
    assert found.errors[0].line > 0
    write(broken, "")
    assert list(await found.read()) == ["a"], "a file that can be read and is empty has no clusters"
    assert found.errors == ()


async def test_the_only_file_may_break_too(tmp_path: Path, store: Store) -> None:
    file = write(tmp_path / "config", kubeconfig({"a": "https://a"}))
    found = roster(store, file)
    await found.read()
    write(file, "- no\n- kubeconfig\n")
    assert list(await found.read()) == ["a"]
    write(file, kubeconfig({"z": "https://z"}))
    assert list(await found.read()) == ["z"]


async def test_a_broken_file_at_the_start_is_an_error_and_no_cluster(tmp_path: Path, store: Store) -> None:
    found = roster(store, write(tmp_path / "config", "\0\0\0"))
    assert await found.read() == {}
    assert found.errors


async def test_a_kubeconfig_wins_over_a_registration_of_the_same_name(tmp_path: Path, store: Store) -> None:
    file = write(tmp_path / "config", kubeconfig({"a": "https://a"}))
    other = write(tmp_path / "other", kubeconfig({"a": "https://other"}))
    await store.clusters.save(Registration("a", str(other), "a"))
    entries = await roster(store, file).read()
    assert [(entry.source, entry.context.server) for entry in entries.values()] == [("kubeconfig", "https://a")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no such file any more · put it back"),
        ("{{{", "not valid YAML"),
        (kubeconfig({"other": "https://other"}), 'There is no context "x" any more · put it back'),
    ],
)
async def test_a_registration_that_leads_nowhere_is_listed_with_the_reason(
    tmp_path: Path, store: Store, text: str | None, said: str
) -> None:
    file = tmp_path / "config"
    if text is not None:
        write(file, text)
    await store.clusters.save(Registration("x", str(file), "x"))
    entries = await roster(store).read()
    error = entries["x"].context.error
    assert error is not None
    assert str(file) in str(error)
    assert said in str(error)


async def test_a_store_that_fails_later_costs_no_registration(tmp_path: Path) -> None:
    store = await Store.in_memory()
    file = write(tmp_path / "config", kubeconfig({"x": "https://x"}))
    await store.clusters.save(Registration("x", str(file), "x"))
    found = roster(store)
    before = await found.read()
    await store.close()
    assert list(before) == ["x"]
    assert await found.read() == before


async def test_one_that_is_hidden_by_a_context_is_said_and_can_be_forgotten(tmp_path: Path, store: Store) -> None:
    file = write(tmp_path / "config", kubeconfig({"x": "https://elsewhere"}))
    await store.clusters.save(Registration("x", endpoint=Endpoint("https://x")))
    manager = ClusterManager(store, kubeconfig=[file], clock=FakeClock())
    await manager.start()
    try:
        (status,) = manager.statuses
        assert (status.server, status.source, status.origin) == ("https://elsewhere", "kubeconfig", HIDES)
        await manager.registrar.remove("x")
        assert await store.clusters.all() == []
        (status,) = manager.statuses
        assert (status.server, status.origin) == ("https://elsewhere", "")
        with pytest.raises(UsageError, match="was not added here"):
            await manager.registrar.remove("x")
    finally:
        await manager.shutdown()

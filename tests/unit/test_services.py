import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import AgentSettings, ChatsSettings, ClusterSettings, Settings
from tests.unit.agents.kubeconfigs import kubeconfig, write

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "config", kubeconfig({"a": NOWHERE, "b": NOWHERE}, current="b"))


@asynccontextmanager
async def opened(settings: Settings | None = None, **options: Any) -> AsyncIterator[Services]:
    services = await build_services(settings or Settings(), StartOptions(**options))
    try:
        yield services
    finally:
        await services.close()


async def test_the_clusters_are_those_of_the_file_that_was_named(file: Path) -> None:
    async with opened(kubeconfig=file) as services:
        assert [status.name for status in services.manager.statuses] == ["a", "b"]
        assert (services.manager.current, services.store.notice) == ("b", "")


async def test_the_clusters_are_those_of_the_environment(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = write(tmp_path / "second", kubeconfig({"c": NOWHERE}))
    monkeypatch.setenv("KUBECONFIG", f"{second}:{file}")
    async with opened() as services:
        assert [status.name for status in services.manager.statuses] == ["c", "a", "b"]


@pytest.mark.parametrize(("watch", "checked"), [("open", False), ("silent", True), ("all", True)])
async def test_what_nobody_looks_at_is_checked_as_the_settings_say(file: Path, watch: Any, checked: bool) -> None:
    settings = Settings(agents=AgentSettings(watch=watch, watch_minutes=0))
    async with opened(settings, kubeconfig=file) as services:
        await services.begin_agents()
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert ("quiet checks" in names) is checked


async def test_what_is_stored_is_there_again(file: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", kubeconfig({"x": NOWHERE}))
    async with opened(kubeconfig=file) as services:
        await services.store.clusters.save(Registration("x", str(other), "x"))
    async with opened(kubeconfig=file) as services:
        assert [status.name for status in services.manager.statuses] == ["a", "b", "x"]


async def test_without_a_place_to_store_the_session_is_forgotten(file: Path, home: Path) -> None:
    write(home, "not a directory")
    async with opened(kubeconfig=file) as services:
        assert "nothing will be kept" in services.store.notice
        conversation = await services.store.conversations.create("title", "a")
        assert await services.store.conversations.recent() == [conversation]
        assert [status.name for status in services.manager.statuses] == ["a", "b"]


async def test_old_conversations_are_forgotten_as_the_settings_say_but_for_the_open_one(file: Path) -> None:
    async with opened(Settings(chats=ChatsSettings(keep_days=30)), kubeconfig=file) as services:
        chats = services.store.conversations
        old, going_on, young = [await chats.create(title, "a") for title in ("old", "going on", "young")]
        async with services.store._database.transaction() as connection:
            await connection.execute("UPDATE conversations SET updated = updated - 31 * 86400 WHERE title <> 'young'")
        services.sessions.of("a").conversation = going_on
        assert await services.forget_old_chats() == 1
        assert [each.id for each in await chats.recent()] == [young.id, going_on.id]
        assert await chats.get(old.id) is None


async def test_conversations_are_kept_for_ever_unless_the_settings_say_otherwise(file: Path) -> None:
    async with opened(kubeconfig=file) as services:
        await services.store.conversations.create("old", "a")
        async with services.store._database.transaction() as connection:
            await connection.execute("UPDATE conversations SET updated = 0")
        assert await services.forget_old_chats() == 0
        assert len(await services.store.conversations.recent()) == 1


@pytest.mark.parametrize(("setting", "option"), [(True, False), (False, True)])
async def test_read_only_by_setting_or_by_option(file: Path, setting: bool, option: bool) -> None:
    settings = Settings(clusters=ClusterSettings(read_only=setting))
    async with opened(settings, kubeconfig=file, read_only=option) as services:
        assert all(status.read_only for status in services.manager.statuses)


async def test_the_engine_is_the_model_of_the_settings(file: Path) -> None:
    async with opened(kubeconfig=file) as services:
        assert services.engine() == "built-in"
        assert services.genie is services.genie
    settings = Settings(model=ModelSettings(base_url="http://127.0.0.1:9/v1", name="small"))
    async with opened(settings, kubeconfig=file) as services:
        assert services.engine() == "small"


async def test_the_demo_is_the_demo_even_in_a_pod(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (account := tmp_path / "account").mkdir()
    write(account / "token", "t")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    monkeypatch.setattr("kubegenie_tui.kube.kubeconfig.loader.in_cluster.__defaults__", (os.environ, account))
    async with opened(kubeconfig=file) as services:
        assert [status.source for status in services.manager.statuses] == ["kubeconfig", "kubeconfig", "in-cluster"]
    async with opened(kubeconfig=file, demo=True) as services:
        assert [status.source for status in services.manager.statuses] == ["demo", "demo"]


def test_opening_costs_no_client_and_no_model_library(file: Path) -> None:
    program = f"""
import asyncio, sys
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.services import build_services
from kubegenie_tui.settings import Settings
async def main():
    services = await build_services(Settings(), StartOptions(kubeconfig=__import__("pathlib").Path({str(file)!r})))
    services.engine()
    print(*(set(sys.modules) & {{"aiohttp", "openai", "pydantic", "kubernetes", "kubernetes_asyncio"}}))
    await services.close()
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

"""What is installed is listed without being run, judged, allowed by a person, and loaded as it was allowed."""

import importlib
import sys
from pathlib import Path

import pytest

from kubegenie_tui.domain.errors import PluginError, StoreError, UsageError
from kubegenie_tui.providers.manifest import Capability, PluginKind
from kubegenie_tui.providers.offer import State
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.store import Store
from tests.unit.providers.conftest import offer_of
from tests.unit.providers.site import Site
from tests.wheels import MANIFEST, on_the_path

PROVIDER = PluginKind.PROVIDER


async def test_one_of_others_waits_to_be_allowed(site: Site, registry: Registry) -> None:
    site.install("acme")
    offer = await offer_of(registry, "acme")
    assert (offer.state, offer.source, offer.built_in) == (State.WAITING, "acme 1.0", False)
    assert offer.manifest is not None
    assert (offer.manifest.version, offer.manifest.capabilities) == ("1.0", (Capability.LIST,))
    with pytest.raises(PluginError, match="was not allowed yet"):
        await registry.load(PROVIDER, "acme")
    assert not [name for name in sys.modules if name.startswith("acme")]


async def test_one_that_is_allowed_is_loaded(site: Site, registry: Registry) -> None:
    site.install("acme")
    await registry.allow(await offer_of(registry, "acme"))
    assert (await offer_of(registry, "acme")).state is State.READY
    assert "acme" not in sys.modules
    loaded = await registry.load(PROVIDER, "acme")
    assert await loaded.make(None).list_clusters() == []


async def test_a_file_that_was_changed_is_told_and_not_run(site: Site, registry: Registry) -> None:
    site.install("acme")
    await registry.allow(await offer_of(registry, "acme"))
    (site.directory / "acme/plugin.py").write_text("raise SystemExit")
    offer = await offer_of(registry, "acme")
    assert offer.state is State.FAILED
    assert "acme/plugin.py was changed after it was installed" in str(offer.fault)
    with pytest.raises(PluginError, match="was changed"):
        await registry.load(PROVIDER, "acme")
    assert "acme" not in sys.modules


async def test_another_release_is_asked_about_again(site: Site, registry: Registry) -> None:
    site.install("acme")
    await registry.allow(await offer_of(registry, "acme"))
    with (site.directory / "acme/plugin.py").open("a") as file:
        file.write("\n# better than before\n")
    site.record_again("acme")
    assert (await offer_of(registry, "acme")).state is State.CHANGED
    with pytest.raises(PluginError, match="is not what was allowed"):
        await registry.load(PROVIDER, "acme")
    await registry.allow(await offer_of(registry, "acme"))
    assert (await registry.load(PROVIDER, "acme")).manifest.name == "acme"


async def test_how_it_was_installed_does_not_matter(site: Site, registry: Registry) -> None:
    site.install("acme")
    await registry.allow(await offer_of(registry, "acme"))
    installer = "acme-1.0.dist-info/INSTALLER"
    (site.directory / installer).write_text("another one")
    site.record_again("acme", installer)
    assert (await offer_of(registry, "acme")).state is State.READY


async def test_bytecode_counts_when_it_came_with_the_wheel(site: Site, registry: Registry) -> None:
    site.install("acme", more={"__pycache__/plugin.cpython-311.pyc": "bytecode"})
    await registry.allow(await offer_of(registry, "acme"))
    (site.directory / "acme/__pycache__/plugin.cpython-311.pyc").write_text("other bytecode")
    assert "plugin.cpython-311.pyc was changed" in str((await offer_of(registry, "acme")).fault)


@pytest.mark.parametrize("path", ["acme/plugin/__init__.py", "acme/hidden.py", "acme/plugin.abi3.so"])
async def test_what_was_put_in_beside_it_is_told(site: Site, registry: Registry, path: str) -> None:
    site.install("acme")
    await registry.allow(await offer_of(registry, "acme"))
    (site.directory / path).parent.mkdir(exist_ok=True)
    (site.directory / path).write_text("raise SystemExit")
    assert f"{path} was put in after it was installed" in str((await offer_of(registry, "acme")).fault)


async def test_a_record_that_cannot_be_relied_on(site: Site, registry: Registry) -> None:
    site.install("acme")
    record = site.record("acme")
    said = record.read_text()
    record.unlink()
    assert "There is no record of its files" in str((await offer_of(registry, "acme")).fault)
    record.write_text("".join(line.partition(",")[0] + ",,\n" for line in said.splitlines()))
    assert "There is no hash of acme/__init__.py" in str((await offer_of(registry, "acme")).fault)
    record.write_text(said.replace("sha256", "md5"))
    assert "There is no hash of" in str((await offer_of(registry, "acme")).fault)
    record.write_bytes(b"\xff\xfe,\n")
    assert "cannot be read" in str((await offer_of(registry, "acme")).fault)
    record.write_text(said)
    (site.directory / "acme/plugin.py").unlink()
    assert "acme/plugin.py cannot be read" in str((await offer_of(registry, "acme")).fault)
    record.write_text("".join(line for line in said.splitlines(True) if "provider.toml" not in line))
    (site.directory / "acme/plugin.py").write_text("")
    site.record_again("acme")
    assert "It has no acme/acme.provider.toml" in str((await offer_of(registry, "acme")).fault)


async def test_a_module_of_the_same_name_that_comes_first_is_not_taken_for_it(
    site: Site, registry: Registry, tmp_path: Path
) -> None:
    site.install("acme")
    await registry.allow(await offer_of(registry, "acme"))
    other = tmp_path / "first/acme"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "plugin.py").write_text("raise SystemExit")
    with on_the_path(other.parent):
        assert (await offer_of(registry, "acme")).state is State.READY
        with pytest.raises(PluginError, match=r"acme would come from .*first/acme/__init__\.py"):
            await registry.load(PROVIDER, "acme")
        importlib.import_module("acme")
        with pytest.raises(PluginError, match="acme would come from"):
            await registry.load(PROVIDER, "acme")


async def test_a_module_of_its_own_beside_others(site: Site, registry: Registry) -> None:
    site.install("space", target="deep.plugin:Plugin", more={"deep/plugin.py": "class Plugin: ...\n"})
    assert "It has no space/deep/space.provider.toml" in str((await offer_of(registry, "space")).fault)
    site.install("acme", target="deep:Plugin", more={"deep/__init__.py": "", "deep/acme.provider.toml": MANIFEST})
    assert (await offer_of(registry, "acme")).state is State.WAITING


@pytest.mark.parametrize("value", ["acme", "acme.plugin:Plugin [more]", "acme plugin:Plugin", ""])
async def test_an_entry_point_that_names_no_class(site: Site, registry: Registry, value: str) -> None:
    site.install("acme")
    site.install("good")
    (site.directory / "acme-1.0.dist-info/entry_points.txt").write_text(f"[kubegenie.providers]\nacme = {value}\n")
    assert str((await offer_of(registry, "acme")).fault) == (
        f'Its entry point "{value}" is not module:Class · tell its author'
    )
    assert (await offer_of(registry, "good")).state is State.WAITING


async def test_two_with_one_name_are_both_left_out(site: Site, registry: Registry) -> None:
    site.install("acme")
    site.install("acme-two", entry="acme")
    site.install("good")
    first, second, good = [each for each in await registry.offers() if not each.built_in]
    assert (first.state, second.state, good.state) == (State.FAILED, State.FAILED, State.WAITING)
    assert "acme 1.0 and acme-two 1.0 have a provider of this name" in str(first.fault)
    with pytest.raises(PluginError, match="have a provider of this name"):
        await registry.load(PROVIDER, "acme")


async def test_an_agent_may_have_the_name_of_a_provider(site: Site, registry: Registry) -> None:
    site.install("acme")
    site.install("acme-two", entry="acme", group="agents", manifest='api = 1\nlabel = "a test"\n')
    assert {each.state for each in await registry.offers() if not each.built_in} == {State.WAITING}


async def test_one_that_is_off_is_not_looked_at(site: Site, pins: Pins) -> None:
    site.install("acme", manifest="!")
    registry = Registry(PluginSettings(off="ac*"), pins)
    assert (await offer_of(registry, "acme")).state is State.OFF
    with pytest.raises(PluginError, match="turned off"):
        await registry.load(PROVIDER, "acme")


async def test_one_that_is_not_there(site: Site, registry: Registry) -> None:
    site.install("acme")
    with pytest.raises(UsageError, match="did you mean acme"):
        await registry.load(PROVIDER, "amce")


async def test_what_failed_cannot_be_allowed(site: Site, registry: Registry) -> None:
    site.install("acme", manifest="!")
    with pytest.raises(PluginError, match="Its manifest cannot be used"):
        await registry.allow(await offer_of(registry, "acme"))


async def test_nothing_is_allowed_while_nobody_knows_what_was(site: Site, tmp_path: Path) -> None:
    site.install("acme")
    store = await Store.open(tmp_path / "closed.db")
    registry = Registry(PluginSettings(), Pins(store.facts))
    await registry.allow(await offer_of(registry, "acme"))
    await store.close()
    with pytest.raises(StoreError):
        await registry.load(PROVIDER, "acme")
    assert "acme" not in sys.modules

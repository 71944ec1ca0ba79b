"""A plugin that is not what its manifest says is told in one sentence, and takes nothing else with it."""

import pytest

from kubegenie_tui.domain.errors import PluginError
from kubegenie_tui.providers.manifest import PluginKind
from kubegenie_tui.providers.registry import Registry
from tests.unit.providers.conftest import offer_of
from tests.unit.providers.site import Site
from tests.wheels import MANIFEST, PLUGIN

CONFIG = """
from pydantic import BaseModel, SecretStr
class Config(BaseModel):
    token: SecretStr
class Plain: ...
"""
AGENT = """
class Plugin:
    async def initialize(self): ...
    async def health_check(self): ...
    async def self_heal(self): ...
    def shutdown(self): ...
"""
WITH_CONFIG = MANIFEST + 'config = "acme.config:Config"\n'


@pytest.mark.parametrize(
    ("plugin", "fault"),
    [
        ("import nowhere", "It cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("class Plugin(:", "It cannot be imported: SyntaxError"),
        ("raise RuntimeError('out of luck')", "It cannot be imported: RuntimeError: out of luck"),
        ("raise SystemExit(3)", "It cannot be imported: SystemExit: 3"),
        ("class Other: ...", "It cannot be imported: AttributeError"),
        ("def Plugin(): ...", "acme.plugin:Plugin is no class"),
        ("class Plugin: ...", "Plugin has no async list_clusters, which its manifest promises"),
        ("class Plugin:\n    def list_clusters(self): ...", "Plugin has no async list_clusters"),
        ("from kubegenie_tui.providers.api import Lists as Plugin", "Lists has no async list_clusters"),
    ],
)
async def test_one_that_cannot_be_used_says_why(site: Site, registry: Registry, plugin: str, fault: str) -> None:
    site.install("acme", plugin=plugin)
    site.install("good")
    for name in ("acme", "good"):
        await registry.allow(await offer_of(registry, name))
    with pytest.raises(PluginError) as told:
        await registry.load(PluginKind.PROVIDER, "acme")
    assert fault in str(told.value)
    assert "acme" in told.value.what
    assert (await registry.load(PluginKind.PROVIDER, "good")).manifest.name == "good"


@pytest.mark.parametrize(
    ("manifest", "fault"),
    [
        (WITH_CONFIG, "The secrets of acme.config:Config are token · its manifest says none"),
        (MANIFEST + 'config = "acme.config:Plain"\n', "Its configuration is no pydantic model"),
        (MANIFEST + 'config = "acme.missing:Config"\n', "There is no module acme.missing"),
        (MANIFEST + 'config = "json:JSONDecoder"\n', "json would come from"),
        (
            WITH_CONFIG + 'credentials = ["profil"]\n[secrets]\ntoken = "here"\n',
            "acme.config:Config has no profil · its manifest names it",
        ),
        (
            WITH_CONFIG + '[secrets]\ntoken = "here"\npassword = "there"\n',
            "The secrets of acme.config:Config are token",
        ),
    ],
)
async def test_a_configuration_that_cannot_be_asked_for(
    site: Site, registry: Registry, manifest: str, fault: str
) -> None:
    site.install("acme", manifest=manifest, more={"config.py": CONFIG})
    await registry.allow(await offer_of(registry, "acme"))
    with pytest.raises(PluginError) as told:
        await registry.load(PluginKind.PROVIDER, "acme")
    assert fault in str(told.value)
    assert "acme" in told.value.what


async def test_a_configuration_comes_with_it(site: Site, registry: Registry) -> None:
    manifest = WITH_CONFIG + '[secrets]\ntoken = "here"\n'
    site.install("acme", manifest=manifest, plugin=PLUGIN, more={"config.py": CONFIG})
    await registry.allow(await offer_of(registry, "acme"))
    loaded = await registry.load(PluginKind.PROVIDER, "acme")
    assert loaded.config is not None
    assert list(loaded.config.model_fields) == ["token"]


async def test_an_agent_has_the_four_methods_of_one(site: Site, registry: Registry) -> None:
    manifest = 'api = 1\nlabel = "a test"\n'
    site.install("watch", group="agents", plugin=AGENT, manifest=manifest)
    site.install("good", group="agents", plugin=AGENT.replace("    def", "    async def"), manifest=manifest)
    for name in ("watch", "good"):
        await registry.allow(await offer_of(registry, name))
    with pytest.raises(PluginError, match="Plugin has no async shutdown"):
        await registry.load(PluginKind.AGENT, "watch")
    assert (await registry.load(PluginKind.AGENT, "good")).manifest.capabilities == ()

"""What a manifest may say, and what is said about one that cannot be used."""

import pytest

from kubegenie_tui.domain.errors import PluginError
from kubegenie_tui.providers.api import API
from kubegenie_tui.providers.manifest import LARGEST, Capability, PluginKind, read_manifest


def read(text: str, kind: PluginKind = PluginKind.PROVIDER) -> str:
    with pytest.raises(PluginError) as told:
        read_manifest(text.encode(), kind, "acme", "1.0")
    return str(told.value)


def test_all_that_one_may_say() -> None:
    text = f"""
api = {API}
label = "Acme"
capabilities = ["list", "register"]
config = "acme.config:Config"
[secrets]
token = "from the console"
"""
    manifest = read_manifest(text.encode(), PluginKind.PROVIDER, "acme", "1.0")
    assert manifest.capabilities == (Capability.LIST, Capability.REGISTER)
    assert (manifest.name, manifest.version, manifest.config) == ("acme", "1.0", "acme.config:Config")
    assert manifest.secrets == {"token": "from the console"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("!", "Its manifest cannot be used · "),
        ("label = 'x'", f"It is made for version None of the API of plugins, and this KubeGenie has {API}"),
        (f"api = {API + 1}\nnew = 1", f"It is made for version {API + 1} of the API of plugins"),
        ("api = 0", "It is made for version 0 of the API of plugins"),
        ("api = 1", "Its manifest cannot be used · Object missing required field `label`"),
        ("api = 1\nlabel = 3", "Its manifest cannot be used · Expected `str`, got `int`"),
        ("api = 1\nlabel = 'x'\nlable = 'y'", "Its manifest cannot be used · Object contains unknown field `lable`"),
        ("api = 1\nlabel = 'x'", "Its manifest names no capability"),
        ("api = 1\nlabel = 'x'\ncapabilities = ['fly']", '"fly" is no capability · there are list, register'),
        ("api = 1\nlabel = 'x'\ncapabilities = ['list']\nconfig = 'os'", "Its manifest cannot be used · config is not"),
        ("x" * (LARGEST + 1), "Its manifest cannot be used · it is larger than"),
    ],
)
def test_one_that_cannot_be_used(text: str, fault: str) -> None:
    assert read(text).startswith(fault)


def test_an_agent_has_no_capabilities() -> None:
    assert "agents have none" in read("api = 1\nlabel = 'x'\ncapabilities = ['list']", PluginKind.AGENT)


def test_one_that_makes_clusters_says_what_a_cluster_is() -> None:
    head = f'api = {API}\nlabel = "Acme"\n'
    told = "create and spec belong together"
    assert told in read(head + 'capabilities = ["create"]')
    assert told in read(head + 'capabilities = ["list"]\nspec = "acme.spec:Cluster"')
    text = head + 'capabilities = ["create"]\nspec = "acme.spec:Cluster"'
    assert read_manifest(text.encode(), PluginKind.PROVIDER, "acme", "1.0").spec == "acme.spec:Cluster"

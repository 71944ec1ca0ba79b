"""Our own providers come through the door that all others come through, and do what their manifests say."""

import tomllib
from pathlib import Path

import pytest
import yaml

import kubegenie_tui
from kubegenie_tui.domain.endpoint import Plugin
from kubegenie_tui.domain.endpoint_form import OF_THE_CLUSTER, endpoint_fields
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.form import TextField
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.providers.adopting import adopted
from kubegenie_tui.providers.config_form import configured, form_fields
from kubegenie_tui.providers.loading import Loaded
from kubegenie_tui.providers.manifest import PluginKind
from kubegenie_tui.providers.offer import State
from kubegenie_tui.providers.registry import Registry
from tests.control_plane import ROOT
from tests.unit.kube.authority import Authority
from tests.unit.providers.conftest import offer_of
from tests.unit.providers.site import Site

TOKEN = {"server": "https://10.0.0.7:6443", "token": "s3cret"}


@pytest.fixture
def ours(site: Site) -> Site:
    """The entry points that the project declares, whatever this Python's own installation of it is."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    metadata = site.directory / "kubegenie-9.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kubegenie\nVersion: 9.0\n")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {to}\n" for name, to in each.items()) for group, each in declared.items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    return site


@pytest.fixture
async def bare_metal(ours: Site, registry: Registry) -> Loaded:
    return await registry.load(PluginKind.PROVIDER, "bare-metal")


async def test_all_of_ours_are_ready_and_load(ours: Site, registry: Registry) -> None:
    built_in = [each for each in await registry.offers() if each.built_in]
    manifests = (Path(kubegenie_tui.__file__).parent / "providers").rglob("*.provider.toml")
    assert sorted(each.name for each in built_in) == sorted(each.name.partition(".")[0] for each in manifests)
    for offer in built_in:
        assert offer.state is State.READY, offer.fault
        loaded = await registry.load(offer.kind, offer.name)
        assert loaded.config is not None
        assert form_fields(loaded.config, {})


async def test_nobody_takes_the_name_of_one_of_ours(ours: Site, registry: Registry) -> None:
    ours.install("acme", entry="kubeconfig")
    theirs, built_in = sorted(
        (each for each in await registry.offers() if each.name == "kubeconfig"), key=lambda each: each.built_in
    )
    assert built_in.state is State.READY
    assert str(theirs.fault).startswith("kubeconfig is a provider of KubeGenie itself")
    loaded = await registry.load(PluginKind.PROVIDER, "kubeconfig")
    assert loaded.make.__module__ == "kubegenie_tui.providers.kubeconfig"


async def test_others_do_not_become_ours_by_leading_to_our_code(site: Site, registry: Registry) -> None:
    site.install("acme")
    entries = site.directory / "acme-1.0.dist-info/entry_points.txt"
    entries.write_text("[kubegenie.providers]\nacme = kubegenie_tui.providers.kubeconfig:KubeconfigProvider\n")
    site.record_again("acme")
    offer = await offer_of(registry, "acme")
    assert (offer.built_in, offer.state) == (False, State.FAILED)


async def test_the_contexts_of_a_kubeconfig_are_listed(ours: Site, registry: Registry, tmp_path: Path) -> None:
    cluster = {"name": "rack", "cluster": {"server": "https://10.0.0.7:6443"}}
    contexts = [{"name": name, "context": {"cluster": to}} for name, to in (("one", "rack"), ("two", "gone"))]
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump({"clusters": [cluster], "contexts": contexts}))
    loaded = await registry.load(PluginKind.PROVIDER, "kubeconfig")
    assert loaded.config is not None
    one, two = await loaded.make(configured(loaded.config, {"file": str(file)})).list_clusters()
    assert (one.name, one.server, one.state) == ("one", "https://10.0.0.7:6443", "")
    assert (two.name, "gone" in two.state) == ("two", True)


async def test_one_of_them_is_registered_as_it_is(ours: Site, registry: Registry, tmp_path: Path) -> None:
    """What it gives is what `adopted` takes: nothing is lost on the way."""
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "get", "args": ["token"],
                     "env": [{"name": "A", "value": "b"}], "interactiveMode": "Never"}}  # fmt: skip
    content = {
        "clusters": [{"name": "rack", "cluster": {"server": "https://10.0.0.7:6443", "tls-server-name": "rack"}}],
        "users": [{"name": "me", "user": user}],
        "contexts": [{"name": "one", "context": {"cluster": "rack", "user": "me", "namespace": "shop"}}],
    }
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(content))
    loaded = await registry.load(PluginKind.PROVIDER, "kubeconfig")
    assert loaded.config is not None
    provider = loaded.make(configured(loaded.config, {"file": str(file)}))
    endpoint, secrets = adopted(await provider.kubeconfig("one"), "one", trusted=True)
    assert (endpoint.server, endpoint.server_name, endpoint.namespace) == ("https://10.0.0.7:6443", "rack", "shop")
    assert endpoint.plugin == Plugin("get", ("token",), (("A", "b"),), "client.authentication.k8s.io/v1beta1")
    assert secrets == {}
    with pytest.raises(KubeGenieError, match="no context") as told:
        await provider.kubeconfig("two")
    assert "one" in str(told.value)


def test_the_form_of_bare_metal_is_that_of_registering_by_hand() -> None:
    from kubegenie_tui.providers.bare_metal_config import BareMetalConfig

    fields = {field.id: field for field in form_fields(BareMetalConfig, {})}
    by_hand = {field.id: field for field in endpoint_fields() if isinstance(field, TextField)}
    assert set(fields) == set(by_hand) - OF_THE_CLUSTER
    assert all((fields[id].label, fields[id].hint) == (by_hand[id].label, by_hand[id].hint) for id in fields)


async def test_a_kubeconfig_is_written_for_bare_metal(bare_metal: Loaded, tmp_path: Path) -> None:
    pem = Authority(tmp_path / "pki").certificate
    values = {
        **TOKEN,
        "server_name": "rack",
        "proxy": "http://p:3128",
        "authority": str(pem),
    }
    assert bare_metal.config is not None
    document = await bare_metal.make(configured(bare_metal.config, values)).kubeconfig("rack-7")
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(document))
    found = load_kubeconfig([file])
    context = found.contexts[found.current]
    assert (context.name, context.server, context.proxy_url) == ("rack-7", TOKEN["server"], "http://p:3128")
    assert (context.error, context.tls.server_name) == (None, "rack")
    assert context.tls.ca_data == pem.read_text()
    assert context.auth.token.value == "s3cret"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"server": "10.0.0.7", "token": "x"}, "Server: the server is a URL"),
        ({"token": "x"}, "Server: it is needed"),
        ({**TOKEN, "token_file": "/run/token"}, "A token and a token file cannot both say who we are"),
        ({"server": "https://10.0.0.7", "username": "ada"}, "A user name and a password belong together"),
    ],
)
async def test_what_leads_to_no_server_is_refused(bare_metal: Loaded, values: dict[str, str], said: str) -> None:
    assert bare_metal.config is not None
    with pytest.raises(UsageError) as told:
        await bare_metal.make(configured(bare_metal.config, dict(values))).kubeconfig("rack-7")
    assert str(told.value).startswith(said)

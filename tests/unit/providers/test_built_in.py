"""Our own providers come through the door that all others come through, and do what their manifests say."""

import tomllib
from pathlib import Path

import pytest
import yaml

import kubegenie_tui
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.providers.config_form import configured, form_fields
from kubegenie_tui.providers.loading import Loaded
from kubegenie_tui.providers.manifest import PluginKind
from kubegenie_tui.providers.offer import State
from kubegenie_tui.providers.registry import Registry
from tests.control_plane import ROOT
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
        assert form_fields(loaded.config)


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


async def test_a_kubeconfig_is_written_for_bare_metal(bare_metal: Loaded, tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("")
    values = {
        **TOKEN,
        "tls_server_name": "rack",
        "proxy": "http://p:3128",
        "ca_file": str(tmp_path / "ca.crt"),
    }
    assert bare_metal.config is not None
    document = await bare_metal.make(configured(bare_metal.config, values)).kubeconfig("rack-7")
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(document))
    found = load_kubeconfig([file])
    context = found.contexts[found.current]
    assert (context.name, context.server, context.proxy_url) == ("rack-7", TOKEN["server"], "http://p:3128")
    assert (context.error, context.tls.server_name) == (None, "rack")
    assert context.tls.ca_file == str(tmp_path / "ca.crt")
    assert context.auth.token is not None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"server": "http://10.0.0.7", "token": "x"}, "Server: URL scheme should be 'https'"),
        ({"server": "https://10.0.0.7"}, "it takes one of token, token file, client certificate and password"),
        ({**TOKEN, "token_file": "/run/token"}, "it takes one of"),
        ({"server": "https://10.0.0.7", "client_certificate": "/a"}, "a client certificate and its key go together"),
        ({"server": "https://10.0.0.7", "username": "ada"}, "a username and a password go together"),
    ],
)
async def test_what_leads_to_no_server_is_refused(bare_metal: Loaded, values: dict[str, str], said: str) -> None:
    assert bare_metal.config is not None
    with pytest.raises(UsageError) as told:
        configured(bare_metal.config, dict(values))
    assert str(told.value).startswith(said)

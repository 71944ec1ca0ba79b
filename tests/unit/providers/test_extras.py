"""Every way to a cloud without its library: each tells the one command that brings it."""

import re
import sys
from collections.abc import Awaitable, Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from kubegenie_tui.cli import main
from kubegenie_tui.domain.errors import ExtraMissing
from kubegenie_tui.providers.aws.eks import EksProvider
from kubegenie_tui.providers.aws.eks_config import EksConfig
from kubegenie_tui.providers.aws.eks_spec import EksSpec
from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.providers.azure.aks_config import AksConfig
from kubegenie_tui.providers.azure.aks_spec import AksSpec
from kubegenie_tui.providers.extras import missing_extra
from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.gke_spec import GkeSpec
from kubegenie_tui.providers.gcp.provider import GkeProvider
from tests.clouds.declared import declare_ours
from tests.wheels import on_the_path


class Case(msgspec.Struct, frozen=True):
    """A cloud, and what has to be known to ask it."""

    name: str
    extra: str
    libraries: tuple[str, ...]
    distribution: str
    config: dict[str, str]
    cluster: dict[str, Any]
    token: tuple[str, ...]
    new: Callable[[dict[str, str]], Any]
    spec: Callable[[dict[str, Any]], Any]


CASES = (
    Case(
        "eks",
        "aws",
        ("botocore",),
        "botocore",
        {"region": "eu-west-1"},
        {"name": "shop", "region": "eu-west-1", "pools": [{"name": "web", "size": "m5.large"}]},
        ("--cluster", "shop", "--region", "eu-west-1"),
        lambda config: EksProvider(EksConfig.model_validate(config)),
        EksSpec.model_validate,
    ),
    Case(
        "gke",
        "gcp",
        ("google.auth", "google.api_core", "google.cloud", "google.oauth2"),
        "google-cloud-container",
        {"project": "shop-1234"},
        {"name": "shop", "region": "europe-west1", "pools": [{"name": "web", "size": "e2-standard-4"}]},
        (),
        lambda config: GkeProvider(GkeConfig.model_validate(config)),
        GkeSpec.model_validate,
    ),
    Case(
        "aks",
        "azure",
        ("azure",),
        "azure-identity",
        {"subscription": "00000000-0000-0000-0000-000000000000"},
        {"name": "shop", "region": "westeurope", "pools": [{"name": "web", "size": "Standard_D4s_v5", "count": 1}]},
        (),
        lambda config: AksProvider(AksConfig.model_validate(config)),
        AksSpec.model_validate,
    ),
)


def without(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a distribution were not installed."""
    installed = metadata.distribution

    def found(asked: str) -> metadata.Distribution:
        if asked == name:
            raise metadata.PackageNotFoundError(name)
        return installed(asked)

    monkeypatch.setattr(metadata, "distribution", found)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def cloud(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, home: Path) -> Case:
    """A cloud whose library is not there."""
    case: Case = request.param
    for name in list(sys.modules):
        if any(name == each or name.startswith(f"{each}.") for each in case.libraries):
            monkeypatch.delitem(sys.modules, name)
    for each in case.libraries:
        monkeypatch.setitem(sys.modules, each, None)
    without(case.distribution, monkeypatch)
    return case


def entries(case: Case) -> dict[str, Callable[[], Awaitable[object]]]:
    provider, spec = case.new(case.config), case.spec(case.cluster)

    async def find_what_was_made() -> object:
        return await (await provider.steps(spec, "kg1"))[-1].find({"group": {"name": "shop-aks"}})

    return {
        "list": provider.list_clusters,
        "identify": provider.identify,
        "outline": lambda: provider.outline(spec),
        "find": find_what_was_made,
        "kubeconfig": lambda: provider.kubeconfig("shop"),
        "versions": lambda: provider.versions("shop"),
        "choices": lambda: provider.choices("version", case.cluster),
    }


async def test_whatever_a_provider_is_asked_it_tells_what_to_install(cloud: Case) -> None:
    for name, ask in entries(cloud).items():
        with pytest.raises(ExtraMissing) as told:
            await ask()
        assert told.value.next_step == f'pip install "kubegenie[{cloud.extra}]"', name


def test_every_command_tells_what_to_install(cloud: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(yaml.safe_dump({"provider": cloud.name, "config": cloud.config, "cluster": cloud.cluster}))
    given = [f"{field}={value}" for field, value in cloud.config.items()]
    commands = (
        ("token", cloud.name, *cloud.token),
        ("clusters", "discover", cloud.name, "--set", *given),
        ("provision", "plan", "-f", str(file)),
        ("provision", "create", "-f", str(file), "--confirm", "shop"),
    )
    for command in commands:
        assert main(command) == 1, command
        assert f'pip install "kubegenie[{cloud.extra}]"' in capsys.readouterr().err, command


@pytest.mark.parametrize("words", [("plugins", "list"), ("plugins", "check"), ("clusters", "discover")])
def test_every_list_of_providers_tells_what_to_install(
    cloud: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with on_the_path(declare_ours(tmp_path / "site")):
        assert main(words) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "pip install" in line]
    [line] = [each for each in lines if f'pip install "kubegenie[{cloud.extra}]"' in each]
    assert cloud.name in re.findall(r"\w+", line)[:1]
    assert lines == [line]


def test_with_the_libraries_nothing_is_told() -> None:
    assert [missing_extra(each) for each in ("eks", "gke", "aks", "crossplane", "of somebody")] == [None] * 5

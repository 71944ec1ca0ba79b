"""What is said about clusters on the command line, and clusters that providers find."""

import io
import json
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.providers.record import verified
from tests.keyrings import Ring, using
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.providers.site import Site
from tests.wheels import on_the_path

Captured = pytest.CaptureFixture[str]
PLUGIN = """
from kubegenie_tui.providers.api import FoundCluster, KubeGenieError, trouble

class Plugin:
    def __init__(self, config):
        self.config = config
    async def list_clusters(self):
        if self.config.region == "us":
            trouble(KubeGenieError("us cannot be looked at"))
        return [FoundCluster("prod", "https://10.0.0.7", self.config.region)]
    async def kubeconfig(self, cluster):
        return {"clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.7"}}],
                "users": [{"name": "u", "user": {"token": self.config.token.get_secret_value()}}],
                "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}
"""
CONFIG = """
from typing import Literal
from pydantic import BaseModel, SecretStr
class Config(BaseModel):
    region: Literal["eu", "us"] = "eu"
    token: SecretStr
"""
MANIFEST = """
api = 1
label = "a cloud"
capabilities = ["list", "register"]
config = "acme.config:Config"
[secrets]
token = "ask"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    monkeypatch.setenv("KUBECONFIG", str(file))
    return file


def listed(capsys: Captured, *words: str) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert main(["clusters", "list", "-o", "json", *words]) == Exit.OK
    return {each["name"]: each for each in json.loads(capsys.readouterr().out)}


@pytest.mark.usefixtures("config")
def test_flag_by_flag(capsys: Captured) -> None:
    first = ["--label", "env=prod", "--label", "team=sre", "--group", "eu", "--colour", "red", "--protected"]
    assert main(["clusters", "set", "a", *first, "--notes", "ask sre"]) == Exit.OK
    assert "labels    env=prod team=sre\n" in capsys.readouterr().out
    then = ["--unlabel", "team", "--read-only", "--no-protected", "--default-namespace", "shop", "-o", "json"]
    assert main(["clusters", "set", "a", *then]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "name": "a", "labels": {"env": "prod"}, "groups": ["eu"], "colour": "red", "protected": False,
        "read_only": True, "namespace": "shop", "notes": "ask sre",
    }  # fmt: skip
    both = listed(capsys)
    assert (both["a"]["read_only"], both["a"]["namespace"], both["a"]["labels"]) == (True, "shop", {"env": "prod"})
    assert (both["b"]["read_only"], both["b"]["labels"]) == (False, {})
    assert list(listed(capsys, "--label", "env=prod")) == ["a"]
    assert list(listed(capsys, "--group", "eu")) == ["a"]
    assert list(listed(capsys, "--group", "us")) == []


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope", "--protected"], "no cluster named"),
        (["a", "--unlabel", "env"], 'no label "env"'),
        (["a", "--ungroup", "eu"], 'no group "eu"'),
        (["a", "--label", "env"], "is no label"),
        (["a", "--default-namespace", "Team A"], "is no namespace"),
    ],
)
def test_what_cannot_be_said(words: list[str], said: str, capsys: Captured) -> None:
    assert main(["clusters", "set", *words]) == Exit.USAGE
    assert said in capsys.readouterr().err


def test_a_secret_that_leads_nowhere(demo_kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("KUBECONFIG", str(demo_kubeconfig))
    with using(Ring()):
        words = ["--from-secret", "shop/checkout-tls", "--of-cluster", "prod-eu", "dev"]
        assert main(["clusters", "add", *words]) == Exit.USAGE
        assert "Secret shop/checkout-tls leads to no cluster" in capsys.readouterr().err
        assert main(["clusters", "add", *words, "--secret-key", "tls.crt"]) == Exit.FAILED
        assert "BEGIN" not in capsys.readouterr().err


@pytest.fixture
def acme(tmp_path: Path, config: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A provider that a person has allowed."""
    site = Site(tmp_path / "site")
    site.install("acme", plugin=PLUGIN, manifest=MANIFEST, more={"config.py": CONFIG})
    with on_the_path(site.directory), using(Ring()):
        assert main(["clusters", "discover", "acme"]) == Exit.FAILED
        assert "acme was not allowed yet" in capsys.readouterr().err
        digest = verified(next(iter(distributions(name="acme", path=[str(site.directory)])))).digest
        assert main(["plugins", "allow", "acme", "--hash", digest]) == Exit.OK
        monkeypatch.setattr("sys.stdin", io.StringIO("t0ken\n"))
        capsys.readouterr()
        yield


SECRET = ["--secret-stdin", "token"]


@pytest.mark.usefixtures("acme")
def test_those_of_a_provider_are_listed(capsys: Captured) -> None:
    assert main(["clusters", "discover", "acme", "--set", "region=us", *SECRET]) == Exit.FAILED
    told = capsys.readouterr()
    assert told.out.splitlines()[1].split() == ["prod", "us", "https://10.0.0.7"]
    assert "us cannot be looked at" in told.err


@pytest.mark.usefixtures("acme")
def test_one_is_registered(capsys: Captured) -> None:
    assert main(["clusters", "discover", "acme", *SECRET, "--register", "prod", "--as", "live"]) == Exit.OK
    assert capsys.readouterr().out == "live is remembered\n"
    live = listed(capsys)["live"]
    assert (live["source"], live["origin"], live["server"]) == ("registered", "acme", "https://10.0.0.7")
    assert main(["safe", "status"]) == Exit.OK
    assert "token of cluster:live" in capsys.readouterr().out


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "zone=1", *SECRET], "it asks for region, token"),
        (["--set", "region=mars", *SECRET], "region is one of eu, us"),
        (["--set", "token=x"], "token is a secret"),
        ([], "Token: it is needed"),
        ([*SECRET, "--register", "dev"], 'It found no cluster "dev"'),
        ([*SECRET, "--register-all", "--as", "x"], "--as names one cluster"),
    ],
)
def test_what_a_provider_cannot_be_asked(words: list[str], said: str, capsys: Captured) -> None:
    assert main(["clusters", "discover", "acme", *words]) == Exit.USAGE
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("acme")
def test_who_can_be_asked(capsys: Captured) -> None:
    assert main(["clusters", "discover", "-o", "json"]) == Exit.OK
    assert {"name": "acme", "reason": ""} in json.loads(capsys.readouterr().out)

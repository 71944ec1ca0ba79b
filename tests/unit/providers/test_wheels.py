"""Wheels that are built and installed by pip, and what `kubegenie plugins` makes of them."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.providers.config_form import configured
from kubegenie_tui.providers.manifest import PluginKind
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.store import Store
from tests.control_plane import ROOT
from tests.plugging import HELLO, PluginSite
from tests.wheels import MANIFEST, install, on_the_path, write_project

EXAMPLE = ROOT / "docs/examples/kubegenie-inventory"
INVENTORY = """
[rack-7]
server = "https://10.0.0.7:6443"
region = "north"
[rack-8]
server = "https://10.0.0.8:6443"
region = "south"
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each distribution was installed."""
    directory = tmp_path_factory.mktemp("wheels")
    raising = "raise RuntimeError('out of luck')"
    return install(
        [
            EXAMPLE,
            write_project(directory, "raising", entry="raising", plugin=raising),
            write_project(directory, "outdated", entry="outdated", manifest=MANIFEST.replace("api = 1", "api = 0")),
            write_project(directory, "twin", entry="inventory"),
        ],
        directory,
    )


@pytest.fixture
def inventory(sites: dict[str, Path]) -> Iterator[Path]:
    """The example of the guide, installed beside us."""
    with on_the_path(sites["kubegenie-inventory"]):
        yield sites["kubegenie-inventory"]


def lines(capsys: Captured, *words: str, status: Exit = Exit.OK) -> dict[str, dict[str, Any]]:
    """What a verb says in JSON, by name."""
    assert main(["plugins", *words, "-o", "json"]) == status
    return {each["name"]: each for each in json.loads(capsys.readouterr().out)}


def answer(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    terminal = io.StringIO(typed)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)


def test_the_guide_shows_the_example_as_it_is() -> None:
    guide = (ROOT / "docs/guide/write-a-provider.md").read_text(encoding="utf-8")
    for file in (*EXAMPLE.glob("*.toml"), *(EXAMPLE / "kubegenie_inventory").glob("*.*")):
        assert file.name == "__init__.py" or f"\n{file.read_text(encoding='utf-8')}```" in guide, file.name


def test_the_example_is_listed_and_not_run(inventory: Path, capsys: Captured) -> None:
    told = lines(capsys, "list")["inventory"]
    assert (told["kind"], told["source"], told["state"]) == ("provider", "kubegenie-inventory 1.0", "not allowed")
    assert (told["capabilities"], list(told["secrets"])) == (["list", "register"], ["token"])
    assert (
        "`kubegenie plugins allow inventory`"
        in lines(capsys, "check", "inventory", status=Exit.FAILED)["inventory"]["reason"]
    )
    assert main(["plugins", "list"]) == Exit.OK
    assert "the clusters of our inventory (list, register) · inventory was not allowed yet" in capsys.readouterr().out
    assert not [name for name in sys.modules if name.startswith("kubegenie_inventory")]


def test_the_example_is_allowed_by_a_person(inventory: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "no\n")
    assert main(["plugins", "allow", "inventory"]) == Exit.FAILED
    out, err = capsys.readouterr()
    assert "needs token: of the account that you have on all of them" in out
    assert "Nothing was allowed" in err
    assert lines(capsys, "list")["inventory"]["state"] == "not allowed"
    answer(monkeypatch, "y\n")
    assert main(["plugins", "allow", "inventory"]) == Exit.OK
    assert "kubegenie-inventory 1.0 is allowed as it is now" in capsys.readouterr().out
    assert main(["plugins", "allow", "inventory"]) == Exit.OK, "nobody is asked twice"
    assert "kubegenie-inventory 1.0 is allowed already" in capsys.readouterr().out
    told = lines(capsys, "check", "inventory")["inventory"]
    assert (told["state"], told["offers"]) == ("ready", ["Inventory", "Region", "Token (secret)"])


def test_a_script_allows_only_what_it_names(inventory: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["plugins", "allow", "inventory"]) == Exit.USAGE
    assert "Nobody can be asked" in capsys.readouterr().err
    digest = lines(capsys, "list")["inventory"]["hash"]
    assert main(["plugins", "allow", "inventory", "--hash", digest[::-1]]) == Exit.USAGE
    assert "Its files have another hash" in capsys.readouterr().err
    assert main(["plugins", "allow", "inventory", "--hash", digest]) == Exit.OK
    capsys.readouterr()
    assert lines(capsys, "list")["inventory"]["state"] == "ready"


def test_a_file_that_is_changed_after_that_stops_it(
    inventory: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = lines(capsys, "list")["inventory"]["hash"]
    assert main(["plugins", "allow", "inventory", "--hash", digest]) == Exit.OK
    capsys.readouterr()
    code = inventory / "kubegenie_inventory/provider.py"
    before = code.read_text()
    try:
        code.write_text(before + "\nraise SystemExit\n")
        told = lines(capsys, "check", "inventory", status=Exit.FAILED)["inventory"]
        assert told["state"] == "failed"
        assert "kubegenie_inventory/provider.py was changed after it was installed" in told["reason"]
        assert main(["plugins", "allow", "inventory", "--hash", digest]) == Exit.FAILED
    finally:
        code.write_text(before)
    assert "kubegenie_inventory" not in sys.modules


async def test_the_example_lists_and_leads_to_its_clusters(inventory: Path, tmp_path: Path) -> None:
    (tmp_path / "inventory.toml").write_text(INVENTORY)
    store = await Store.open(tmp_path / "pins.db")
    registry = Registry(PluginSettings(), Pins(store.facts))
    (offer,) = [each for each in await registry.offers() if each.name == "inventory"]
    await registry.allow(offer)
    loaded = await registry.load(PluginKind.PROVIDER, "inventory")
    await store.close()
    assert loaded.config is not None
    values = {"file": str(tmp_path / "inventory.toml"), "region": "north", "token": "s3cret"}
    provider = loaded.make(configured(loaded.config, values))
    assert [(each.name, each.region) for each in await provider.list_clusters()] == [("rack-7", "north")]
    with pytest.raises(KubeGenieError, match='Nobody says where "rack-9" is'):
        await provider.kubeconfig("rack-9")
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(await provider.kubeconfig("rack-7")))
    assert load_kubeconfig([file]).contexts["rack-7"].server == "https://10.0.0.7:6443"


def test_one_that_raises_is_told_and_hurts_nobody(sites: dict[str, Path], inventory: Path, capsys: Captured) -> None:
    with on_the_path(sites["raising"]):
        for name, each in lines(capsys, "list").items():
            if each["state"] == "not allowed":
                assert main(["plugins", "allow", name, "--hash", each["hash"]]) == Exit.OK
        capsys.readouterr()
        assert lines(capsys, "list")["raising"]["state"] == "ready"
        told = lines(capsys, "check", status=Exit.FAILED)
    assert told["raising"]["state"] == "failed"
    assert told["raising"]["reason"] == "It cannot be imported: RuntimeError: out of luck · tell its author"
    assert told["inventory"]["state"] == "ready"


def test_one_for_another_api_is_told_and_cannot_be_allowed(sites: dict[str, Path], capsys: Captured) -> None:
    with on_the_path(sites["outdated"]):
        told = lines(capsys, "list")["outdated"]
        assert told["state"] == "failed"
        assert told["reason"].startswith("It is made for version 0 of the API of plugins, and this KubeGenie has 1")
        assert main(["plugins", "allow", "outdated"]) == Exit.FAILED
        assert "It is made for version 0" in capsys.readouterr().err


def test_two_with_one_name_are_told(sites: dict[str, Path], inventory: Path, capsys: Captured) -> None:
    with on_the_path(sites["twin"]):
        assert main(["plugins", "list"]) == Exit.OK
        out = capsys.readouterr().out
        said = "kubegenie-inventory 1.0 and twin 1.0 have a provider of this name · uninstall all but one"
        assert out.count(said) == 2
        assert main(["plugins", "allow", "inventory"]) == Exit.FAILED
        assert said in capsys.readouterr().err


def test_ours_are_in_the_wheel_that_we_ship(tmp_path: Path) -> None:
    sites = install([ROOT], tmp_path, "--no-compile")
    program = "from kubegenie_tui.cli import main; main(['plugins', 'check', 'kubeconfig', 'bare-metal', '-o', 'json'])"
    environment = {"PYTHONPATH": str(sites["kubegenie"]), "KUBEGENIE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    told = json.loads(done.stdout)
    assert {(each["name"], each["state"], each["built_in"]) for each in told} == {
        ("kubeconfig", "ready", True), ("bare-metal", "ready", True),
    }  # fmt: skip


def test_plugins_that_add_commands_are_in_the_same_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    site = PluginSite(tmp_path / "site", monkeypatch)
    site.install("hello_plugin", HELLO, name="hello")
    site.install("broken_plugin", "import nowhere")
    listed = lines(capsys, "list")
    assert (listed["hello"]["kind"], listed["hello"]["state"]) == ("commands", "ready")
    assert listed["broken_plugin"]["source"] == "broken_plugin 1.0"
    assert "hello_plugin" not in sys.modules
    assert lines(capsys, "check", "hello")["hello"]["offers"] == [":hello"]
    told = lines(capsys, "check", "broken_plugin", status=Exit.FAILED)["broken_plugin"]
    assert told["reason"] == "ModuleNotFoundError: No module named 'nowhere'"
    site.install("mixed_plugin", HELLO.replace('key="f9"', 'key="l"').replace('"hello", "say', '"hi", "say'))
    mixed = lines(capsys, "check", "mixed_plugin")["mixed_plugin"]
    assert (mixed["state"], mixed["offers"]) == ("ready", [":hi"])
    assert mixed["reason"] == "the key l of hi does show-logs already"
    assert main(["plugins", "allow", "hello"]) == Exit.USAGE
    assert "hello adds commands · nobody has to allow those" in capsys.readouterr().err


def test_what_cannot_be_kept_cannot_be_allowed(inventory: Path, home: Path, capsys: Captured) -> None:
    digest = lines(capsys, "list")["inventory"]["hash"]
    (home / "data/kubegenie.db").write_bytes(b"no database" * 1000)
    assert lines(capsys, "list")["inventory"]["state"] == "not allowed"
    shutil.rmtree(home / "data")
    (home / "data").write_text("")
    assert main(["plugins", "allow", "inventory", "--hash", digest]) == Exit.FAILED
    assert capsys.readouterr().out == ""


def test_the_doctor_tells_of_one_that_waits(inventory: Path, capsys: Captured) -> None:
    main(["doctor", "-o", "json"])
    told = {each["subject"]: each for each in json.loads(capsys.readouterr().out)}
    assert (told["provider inventory"]["state"], told["provider inventory"]["what"]) == (
        "warn", "inventory was not allowed yet",
    )  # fmt: skip
    assert "provider kubeconfig" not in told


def test_one_that_is_not_there(inventory: Path, capsys: Captured) -> None:
    assert main(["plugins", "check", "inventroy"]) == Exit.USAGE
    assert "did you mean inventory?" in capsys.readouterr().err
    assert main(["plugins", "allow", "nothing"]) == Exit.USAGE
    assert 'There is no plugin "nothing"' in capsys.readouterr().err

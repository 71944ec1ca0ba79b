"""Changes on the command line: shown first, asked for, and made by the same gate."""

import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from kubernetes import client, config

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit

MAPS = """apiVersion: v1
kind: ConfigMap
metadata: {name: %s}
data: {a: "1"}
"""


class Terminal(io.StringIO):
    """A person who types this."""

    def isatty(self) -> bool:
        return True


def run(kubeconfig: Path, *arguments: str) -> int:
    return main(["--kubeconfig", str(kubeconfig), "--context", "prod-eu", *arguments])


def data_of(kubeconfig: Path, name: str, capsys: pytest.CaptureFixture[str]) -> object:
    capsys.readouterr()
    if run(kubeconfig, "get", "configmap", name, "-n", "payments", "-o", "json") != Exit.OK:
        capsys.readouterr()
        return None
    return msgspec.json.decode(capsys.readouterr().out).get("data")


@pytest.fixture
def written(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The name of an object that no other test knows, and a file that describes it."""
    name = f"cli-{abs(hash(request.node.name)) % 100_000}"
    file = tmp_path / "map.yaml"
    file.write_text(MAPS % name)
    return name, str(file)


def test_a_file_is_applied_and_its_object_deleted(
    demo_kubeconfig: Path, written: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, file = written
    assert run(demo_kubeconfig, "apply", "-f", file, "-n", "payments", "--dry-run") == Exit.OK
    shown = capsys.readouterr().out
    assert f"Apply configmaps payments/{name} from {file}\non prod-eu as " in shown
    assert '  +   a: "1"' in shown
    assert "W1 reversible" in shown
    assert data_of(demo_kubeconfig, name, capsys) is None
    assert run(demo_kubeconfig, "apply", "-f", file, "-n", "payments", "--yes") == Exit.OK
    assert f"● configmaps payments/{name}: done" in capsys.readouterr().out
    assert data_of(demo_kubeconfig, name, capsys) == {"a": "1"}
    assert run(demo_kubeconfig, "do", "delete", f"cm/{name}", "-n", "payments", "--yes") == Exit.OK
    assert data_of(demo_kubeconfig, name, capsys) is None


def test_a_bundle_that_is_there_already_asks_for_nothing_more_than_what_is_new(
    demo_kubeconfig: Path, written: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, file = written
    space = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n---\n"
    Path(file).write_text(space + MAPS % name)
    bundle = ("apply", "-f", file, "-n", name)
    assert run(demo_kubeconfig, *bundle, "--yes") == Exit.OK
    assert "▲ 1 of 2 not tried by the server: the namespace comes with this plan" in capsys.readouterr().out
    Path(file).write_text(space + MAPS.replace('"1"', '"2"') % name)
    assert run(demo_kubeconfig, *bundle, "--yes") == Exit.OK
    said = capsys.readouterr().out
    assert f"apply namespaces {name}\n  nothing would change\n" in said
    assert "● can be undone" in said
    assert run(demo_kubeconfig, *bundle, "--dry-run") == Exit.OK
    assert "● everything is so already" in capsys.readouterr().out


def test_a_person_at_a_terminal_is_asked(
    demo_kubeconfig: Path,
    written: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, file = written
    for typed, status in (("n\n", Exit.FAILED), ("", Exit.FAILED), ("y\n", Exit.OK)):
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        assert run(demo_kubeconfig, "apply", "-f", file, "-n", "payments") == status
        said = capsys.readouterr().err
        assert "Go on? [y/N]" in said
        assert ("Nothing was changed" in said) is (status is not Exit.OK)
    assert data_of(demo_kubeconfig, name, capsys) == {"a": "1"}


class Overtaken(Terminal):
    """A person who is asked, while somebody else changes the object."""

    def __init__(self, typed: str, change: Callable[[], object]) -> None:
        super().__init__(typed)
        self.change = change

    def isatty(self) -> bool:
        self.change()
        self.change = lambda: None
        return True


def test_who_is_overtaken_is_shown_the_plan_anew(
    demo_kubeconfig: Path,
    written: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, file = written
    line = ("apply", "-f", file, "-n", "payments")
    assert run(demo_kubeconfig, *line, "--yes") == Exit.OK
    capsys.readouterr()
    Path(file).write_text(MAPS.replace('"1"', '"2"') % name)
    api = config.new_client_from_config(str(demo_kubeconfig), context="prod-eu")

    def overtake() -> None:
        body = {"data": {"b": "theirs"}}
        client.CoreV1Api(api).patch_namespaced_config_map(name, "payments", body, field_manager="somebody")

    monkeypatch.setattr("sys.stdin", Overtaken("y\ny\n", overtake))
    assert run(demo_kubeconfig, *line) == Exit.OK
    told = capsys.readouterr()
    assert told.err.count("Go on? [y/N]") == 2
    assert f"Nothing was done: configmaps payments/{name} changed since it was shown" in told.err
    assert told.out.count(f"Apply configmaps payments/{name} from") == 2
    assert data_of(demo_kubeconfig, name, capsys) == {"a": "2", "b": "theirs"}
    api.rest_client.pool_manager.clear()
    api.close()


def test_the_gravest_is_not_done_by_a_flag_and_needs_the_name(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = ("do", "delete", "namespace/mobile")
    assert run(demo_kubeconfig, *line, "--yes") == Exit.USAGE
    assert "--yes is not enough for this · it is W3 destructive" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Terminal("mobil\n"))
    assert run(demo_kubeconfig, *line) == Exit.USAGE
    assert "Type mobile to go on: " in capsys.readouterr().err
    assert run(demo_kubeconfig, "get", "namespace", "mobile") == Exit.OK


def test_without_a_terminal_nobody_is_asked(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run(demo_kubeconfig, "do", "scale", "deploy/checkout", "7", "-n", "shop") == Exit.USAGE
    assert "Nobody can be asked" in capsys.readouterr().err
    assert run(demo_kubeconfig, "do", "scale", "deploy/checkout", "7", "-n", "shop", "-o", "json") == Exit.USAGE
    assert "With -o json nobody is asked" in capsys.readouterr().err


def test_the_settings_of_a_cluster_hold_here_too(
    demo_kubeconfig: Path, written: tuple[str, str], capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    name, file = written
    line = ("apply", "-f", file, "-n", "payments", "--dry-run", "-o", "json")
    settings = home / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[cluster."prod-*"]\nprotected = true\n')
    assert run(demo_kubeconfig, *line) == Exit.OK
    told = msgspec.json.decode(capsys.readouterr().out)
    assert (told["tier"], told["steps"][0]["name"]) == ("W2", name)
    settings.write_text("[cluster.prod-eu]\nread_only = true\n")
    assert run(demo_kubeconfig, *line[:-2]) != Exit.OK
    assert "prod-eu is read-only here" in "".join(capsys.readouterr())


def test_json_tells_what_would_be_done_and_what_was(
    demo_kubeconfig: Path, written: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, file = written
    line = ("apply", "-f", file, "-n", "payments", "-o", "json")
    assert run(demo_kubeconfig, *line, "--dry-run") == Exit.OK
    told = msgspec.json.decode(capsys.readouterr().out)
    assert (told["tier"], told["outcome"], told["steps"][0]["name"]) == ("W1", "dry run", name)
    assert run(demo_kubeconfig, *line, "--yes") == Exit.OK
    told = msgspec.json.decode(capsys.readouterr().out)
    assert (told["outcome"], told["steps"][0]["outcome"]) == ("done", "done")
    assert run(demo_kubeconfig, "--read-only", *line, "--yes") == Exit.USAGE
    told = msgspec.json.decode(capsys.readouterr().out)
    assert (told["outcome"], told["error"]["what"]) == ("refused", "prod-eu is read-only here")


def test_rollouts_are_followed_and_their_revisions_listed(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(demo_kubeconfig, "rollout", "status", "deploy/cart", "-n", "shop") == Exit.OK
    assert "pods ready" in capsys.readouterr().out
    assert run(demo_kubeconfig, "rollout", "history", "deploy/cart", "-n", "shop", "-o", "json") == Exit.OK
    listed = msgspec.json.decode(capsys.readouterr().out)
    numbers = [each["revision"] for each in listed]
    assert numbers
    assert numbers == sorted(numbers, reverse=True)
    assert run(demo_kubeconfig, "rollout", "history", "deploy/cart", "-n", "shop") == Exit.OK
    assert capsys.readouterr().out.startswith("REVISION")
    assert run(demo_kubeconfig, "rollout", "status", "pod/redis-0", "-n", "shop") == Exit.USAGE
    assert "has no rollout" in capsys.readouterr().err


def test_operations_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["do"]) == Exit.OK
    assert ["drain", "drain"] in [line.split() for line in capsys.readouterr().out.splitlines()]
    assert main(["do", "-o", "json"]) == Exit.OK
    assert {"operation": "image", "does": "set image"} in msgspec.json.decode(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        (("do", "scael", "deploy/web", "3"), Exit.USAGE, "did you mean scale"),
        (("do", "scale"), Exit.USAGE, "Done to what? · name objects as KIND/NAME"),
        (("do", "scale", "deploy/"), Exit.USAGE, "Done to what?"),
        (("do", "scale", "deploy/checkout", "-n", "shop"), Exit.USAGE, "there are"),
        (("do", "label", "deploy/checkout", "-n", "shop"), Exit.USAGE, "label needs to know: Labels"),
        (("do", "restart", "deploy/checkout", "pod/redis-0", "-n", "shop"), Exit.USAGE, "of several kinds"),
        (("do", "delete", "pod/nosuch", "-n", "shop", "--yes"), Exit.FAILED, 'pods "nosuch"'),
        (("apply", "-f", "/nosuch.yaml"), Exit.USAGE, "/nosuch.yaml cannot be read"),
        (("apply",), Exit.USAGE, "required"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_what_makes_no_sense(
    demo_kubeconfig: Path, line: tuple[str, ...], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(demo_kubeconfig, *line)
    assert words in capsys.readouterr().err
    assert found == status

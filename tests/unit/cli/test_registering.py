"""Clusters by hand on the command line: described, looked at, kept, opened by all other commands, and forgotten."""

import io
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from tests.keyrings import Ring, using
from tests.rack import TOKEN, Rack, racked

Captured = pytest.CaptureFixture[str]
PHRASE = "correct horse battery staple"


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    with racked(tmp_path / "pki") as made:
        yield made


@pytest.fixture
def ring() -> Iterator[Ring]:
    made = Ring()
    with using(made):
        yield made


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def kept_files(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())


def add(rack: Rack, *more: str) -> int:
    return main(
        ["clusters", "add", "--server", rack.url, "--ca-file", str(rack.authority.certificate), *more, "rack-7"]
    )


@pytest.mark.usefixtures("ring")
def test_a_token_from_standard_input(rack: Rack, home: Path, typed: Callable[[str], None], capsys: Captured) -> None:
    typed(f"{TOKEN}\n")
    assert add(rack, "--token-stdin", "--label", "env=lab", "--as", "/jane") == Exit.OK
    assert capsys.readouterr().out == "rack-7 is remembered\n"
    assert main(["clusters", "test", "rack-7"]) == Exit.OK
    out = capsys.readouterr().out
    assert "✓ identity     token (no groups)" in out
    assert "token/jane" in rack.whom
    assert main(["clusters", "list", "-o", "json"]) == Exit.OK
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["labels"], told["source"], told["reach"]) == ({"env": "lab"}, "registered", "healthy")
    assert TOKEN.encode() not in kept_files(home)
    assert main(["safe", "status"]) == Exit.OK
    assert "token of cluster:rack-7" in capsys.readouterr().out
    assert main(["clusters", "remove", "rack-7"]) == Exit.OK
    assert main(["safe", "status", "-o", "json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out.partition("\n")[2]) == {"opened_by": "keyring", "kept": []}


@pytest.mark.usefixtures("ring")
def test_a_certificate_and_its_key_are_copied(rack: Rack, home: Path, capsys: Captured) -> None:
    certificate, key = rack.authority.issue("jane")
    words = key.read_bytes()
    assert add(rack, "--client-certificate", str(certificate), "--client-key", str(key)) == Exit.OK
    key.unlink()
    certificate.unlink()
    assert main(["clusters", "test", "rack-7"]) == Exit.OK
    assert "jane (no groups)" in capsys.readouterr().out
    assert words.splitlines()[1] not in kept_files(home)


@pytest.mark.usefixtures("ring")
def test_a_password(rack: Rack, typed: Callable[[str], None], capsys: Captured) -> None:
    typed("word\n")
    assert add(rack, "--username", "me", "--password-stdin") == Exit.OK
    assert main(["clusters", "test", "rack-7"]) == Exit.OK
    assert "basic (no groups)" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["file", "exec", "keyring", "token-file", "plugin"])
def test_secrets_that_stay_where_they_are(rack: Rack, tmp_path: Path, ring: Ring, how: str, capsys: Captured) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    ring.kept["vendor", "rack-7"] = TOKEN
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": TOKEN}}
    (tmp_path / "plugin.json").write_text(json.dumps(credential))
    words = {
        "file": ["--secret", f"token=file:{file}"],
        "exec": ["--secret", f"token=exec:cat {file}"],
        "keyring": ["--secret", "token=keyring:vendor/rack-7"],
        "token-file": ["--token-file", str(file)],
        "plugin": ["--exec", f"cat {tmp_path / 'plugin.json'}"],
    }
    assert add(rack, *words[how]) == Exit.OK
    assert main(["clusters", "test", "rack-7"]) == Exit.OK
    assert "token (no groups)" in capsys.readouterr().out
    assert main(["safe", "status", "-o", "json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == {"opened_by": None, "kept": []}


def test_a_secret_that_is_not_there_any_more_says_where_it_should_be(
    rack: Rack, tmp_path: Path, capsys: Captured
) -> None:
    gone = tmp_path / "gone"
    said = {f"file:{gone}": f"{gone} cannot be read", f"exec:cat {gone}": "cat gave no", f"exec:{gone}": "be started"}
    for where, words in said.items():
        assert add(rack, "--secret", f"token={where}") == Exit.OK
        assert main(["clusters", "test", "rack-7"]) == Exit.NO_CLUSTER
        assert words in capsys.readouterr().out.splitlines()[-1]
        assert main(["clusters", "remove", "rack-7"]) == Exit.OK
        capsys.readouterr()


@pytest.mark.usefixtures("ring")
def test_a_fingerprint_on_first_use(rack: Rack, typed: Callable[[str], None], capsys: Captured) -> None:
    words = ["clusters", "add", "--server", rack.url, "--token-stdin"]
    typed(TOKEN)
    assert main([*words, "unknown"]) == Exit.OK
    assert main(["clusters", "test", "unknown"]) == Exit.NO_CLUSTER
    told = capsys.readouterr().out
    assert "is not trusted" in told
    fingerprint = told.partition("SHA-256 ")[2].split()[0]
    typed(TOKEN)
    assert main([*words, "--ca-fingerprint", fingerprint, "known"]) == Exit.OK
    assert main(["clusters", "test", "known"]) == Exit.OK
    typed(TOKEN)
    assert main([*words, "--ca-fingerprint", "ab" * 32, "other"]) == Exit.NO_CLUSTER
    assert "no certificate of this fingerprint" in capsys.readouterr().err
    assert main(["clusters", "test", "other"]) == Exit.USAGE


def test_without_a_keyring_a_passphrase_in_a_file_will_do(
    rack: Rack,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: Callable[[str], None],
    capsys: Captured,
) -> None:
    file = tmp_path / "phrase"
    file.write_text(PHRASE)
    with using(None):
        typed(TOKEN)
        assert add(rack, "--token-stdin") == Exit.FAILED, "there is neither a keyring nor a terminal"
        assert "KUBEGENIE_PASSPHRASE_FILE" in capsys.readouterr().err
        monkeypatch.setenv("KUBEGENIE_PASSPHRASE_FILE", str(file))
        typed(TOKEN)
        assert add(rack, "--token-stdin") == Exit.OK
        assert main(["clusters", "test", "rack-7"]) == Exit.OK
        assert PHRASE.encode() not in kept_files(home)
        typed("another one\n")
        assert main(["safe", "rotate"]) == Exit.OK
        capsys.readouterr()
        assert main(["clusters", "test", "rack-7"]) == Exit.NO_CLUSTER
        assert "That is not the passphrase · nothing was opened, and nothing is lost" in capsys.readouterr().out
        file.write_text("another one")
        assert main(["clusters", "test", "rack-7"]) == Exit.OK
        monkeypatch.delenv("KUBEGENIE_PASSPHRASE_FILE")
        assert main(["clusters", "list"]) == Exit.OK
        assert "locked" in capsys.readouterr().out
        assert main(["safe", "empty", "--yes"]) == Exit.OK


@pytest.mark.usefixtures("ring")
def test_a_kubeconfig_on_request(rack: Rack, tmp_path: Path, typed: Callable[[str], None], capsys: Captured) -> None:
    typed(TOKEN)
    assert add(rack, "--token-stdin", "--default-namespace", "shop") == Exit.OK
    file = tmp_path / "out" / "rack.yaml"
    assert main(["clusters", "export", "rack-7", "--to", str(file)]) == Exit.OK
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["--kubeconfig", str(file), "clusters", "test", "rack-7"]) == Exit.OK
    assert main(["clusters", "export", "rack-7", "--to", str(file)]) == Exit.USAGE
    assert TOKEN not in "".join(capsys.readouterr())


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--ca-file", "x", "FILE"], "--ca-file goes with --server"),
        (["--server", "10.0.0.7:6443", "a"], "--server cannot be used"),
        (["--server", "https://a", "--ca-file", "/nowhere", "a"], "/nowhere cannot be read"),
        (["--server", "https://a", "--client-certificate", "/etc/passwd", "a"], "is not PEM"),
        (["--server", "https://a", "--token-stdin", "a"], "No token was given"),
        (["--server", "https://a", "--token-stdin", "--password-stdin", "a"], "cannot both"),
        (["--server", "https://a", "--token-file", "t", "--username", "me", "a"], "cannot both"),
        (["--server", "https://a", "--exec", "'", "a"], "credential plugin cannot be read"),
        (["--server", "https://a", "--secret", "token=abc", "a"], "names no secret"),
        (["--server", "https://a", "--label", "env", "a"], '"env" is no label'),
        (["--server", "https://a", "--default-namespace", "Team A", "a"], '"Team A" is no namespace'),
        (["--server", "https://a", "--ca-fingerprint", "12", "a"], "no SHA-256 fingerprint"),
        (["--server", "https://a", " "], "needs a name"),
        (["--server", "https://a", " b "], "blanks around it"),
        (["--server", "https://a", "b\nc"], "characters that nobody can see"),
        (["--server", "https://a", "b" * 254], "longer than 253 characters"),
        (["--server", "https://a", "b as jane"], "would mean the cluster b as the user jane"),
        (["--server", "https://a", "--ssh-jump", "a b", "a"], "The jump host is written as"),
        (["--server", "https://a", "--ssh-key", "k", "a"], "go with a jump host"),
        (["--server", "https://a", "--ssh-jump", "b", "--proxy", "http://p", "a"], "cannot both lead there"),
        (["--server", "https://a", "--oidc-issuer", "https://i", "a"], "wants to know the client"),
        (
            ["--server", "https://a", "--oidc-issuer", "https://i", "--oidc-client-id", "k", "a"],
            "no token of the issuer",
        ),
        (["--from-secret", "fleet/dev", "a"], "The Secret is not named"),
        (["--from-secret", "/dev", "--of-cluster", "b", "a"], "The Secret is not named"),
        (["--from-secret", "fleet/dev/x", "--of-cluster", "b", "a"], "The Secret is not named"),
        (["--from-secret", "fleet/dev", "--of-cluster", "b", "--ca-file", "c", "a"], "does not go with --from-secret"),
    ],
)
def test_what_cannot_be_added(words: list[str], said: str, typed: Callable[[str], None], capsys: Captured) -> None:
    typed("\n")
    assert main(["clusters", "add", *words]) == Exit.USAGE
    assert said in capsys.readouterr().err
    assert main(["clusters", "list"]) == Exit.OK
    assert "No clusters are known" in capsys.readouterr().err


@pytest.mark.usefixtures("ring")
def test_a_name_is_taken_once(rack: Rack, capsys: Captured) -> None:
    assert add(rack) == Exit.OK
    assert add(rack) == Exit.USAGE
    assert 'a cluster named "rack-7" already' in capsys.readouterr().err


def test_nothing_to_rotate(capsys: Captured) -> None:
    assert main(["safe", "rotate"]) == Exit.USAGE
    assert main(["safe", "empty"]) == Exit.USAGE
    assert "--yes" in capsys.readouterr().err

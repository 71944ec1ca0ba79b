from pathlib import Path

import pytest

from kubegenie_tui.domain.endpoint import Login, Plugin, Reference
from kubegenie_tui.domain.endpoint_form import FIELDS_OF, ONLY_SOMETIMES, endpoint_fields
from kubegenie_tui.domain.errors import Refused, UsageError
from kubegenie_tui.domain.jump import Jump
from kubegenie_tui.domain.pem import pem_in
from kubegenie_tui.domain.traits import labels_of
from kubegenie_tui.providers.describing import described, plugin_of, reference_of
from tests.unit.kube.authority import Authority

WELL = {"server": "https://127.0.0.1:9/", "authority": ""}


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ours")


def read(name: str) -> str:
    return Path(name).read_text()


def test_every_field_that_is_asked_for_sometimes_is_one() -> None:
    ids = [field.id for field in endpoint_fields()]
    assert len(ids) == len(set(ids))
    assert set(ids) >= ONLY_SOMETIMES == {id for fields in FIELDS_OF.values() for id in fields}


def test_a_pem_survives_the_loss_of_its_line_breaks(ours: Authority) -> None:
    text = ours.certificate.read_text()
    assert pem_in(text) == text
    assert pem_in(text.replace("\n", " ")) == text
    assert pem_in(text.replace("\n", "")) == text
    assert pem_in(f"{text}noise{text}".replace("\n", " ")) == text * 2
    assert pem_in("ours.crt") == ""
    assert pem_in("-----BEGIN CERTIFICATE-----") == ""


async def test_files_and_pasted_text_are_the_same(ours: Authority) -> None:
    certificate, key = ours.issue("jane")
    by_file = {"authority": str(ours.certificate), "certificate": str(certificate), "key": str(key)}
    pasted = {field: read(name).replace("\n", " ") for field, name in by_file.items()}
    first, second = await described({**WELL, **by_file}), await described({**WELL, **pasted})
    assert first.endpoint.ca == second.endpoint.ca == ours.certificate.read_text()
    assert first.endpoint.certificate == second.endpoint.certificate
    assert first.secrets == second.secrets == {"key": key.read_text()}
    assert first.endpoint.secrets == {"key": Reference("safe")}
    assert first.endpoint.server == "https://127.0.0.1:9"
    assert key.read_text().splitlines()[1] not in repr(first.endpoint)


async def test_a_key_beside_its_certificate_is_kept_as_a_secret_only(ours: Authority, tmp_path: Path) -> None:
    certificate, key = ours.issue("jane")
    both = tmp_path / "both.pem"
    both.write_text(read(str(key)) + read(str(certificate)))
    for given in (str(both), both.read_text(), both.read_text().replace("\n", " ")):
        found = await described({**WELL, "authority": given, "certificate": given, "key": given})
        assert found.endpoint.certificate == found.endpoint.ca == certificate.read_text()
        assert found.secrets == {"key": key.read_text()}


@pytest.mark.parametrize(("field", "holds"), [("authority", "key"), ("certificate", "key"), ("key", "certificate")])
async def test_the_wrong_half_of_a_pair_is_not_taken(ours: Authority, field: str, holds: str) -> None:
    certificate, key = ours.issue("jane")
    pair = {"certificate": str(certificate), "key": str(key)}
    with pytest.raises(UsageError, match=f"The {field} cannot be used · it holds no"):
        await described({**WELL, **pair, field: pair[holds]})


@pytest.mark.parametrize("said", ["", "sha256:", "SHA256 Fingerprint=", "sha256 Fingerprint="])
async def test_a_fingerprint_is_looked_for_at_the_server(said: str) -> None:
    with pytest.raises(Refused):
        await described({**WELL, "authority": f"{said}{'AB:' * 31}AB"})


@pytest.mark.parametrize("said", ["", "SHA1 Fingerprint="])
async def test_a_fingerprint_of_another_length_is_no_file(said: str) -> None:
    with pytest.raises(UsageError, match="This is no SHA-256 fingerprint"):
        await described({**WELL, "authority": f"{said}{'AB:' * 19}AB"})


async def test_a_login_at_an_issuer_and_a_jump_host() -> None:
    login = {"issuer": "https://login.example.com/ops", "client_id": "k", "client_secret": "s", "refresh_token": "r"}
    jump = {"jump": "me@bastion:2222", "jump_key": "/keys/id", "jump_host_key": f"SHA256:{'a' * 43}"}
    groups = {"as_user": "jane", "as_groups": "sre ops"}
    endpoint, secrets = await described({**WELL, **login, **jump, **groups})
    assert endpoint.login == Login("https://login.example.com/ops", "k")
    assert secrets == {"client_secret": "s", "refresh_token": "r"}
    assert endpoint.jump == Jump("bastion", 2222, "me", "/keys/id", f"SHA256:{'a' * 43}")
    assert (endpoint.as_user, endpoint.as_groups) == ("jane", ("sre", "ops"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"authority": "/nowhere/ca.crt"}, "authority in /nowhere/ca.crt cannot be read"),
        ({"authority": "/etc/hostname"}, "not PEM"),
        ({"authority": "-----BEGIN CERTIFICATE-----"}, "only a part of a PEM"),
        ({"plugin": "get 'token"}, "cannot be read"),
        ({"username": "me"}, "belong together"),
        ({"server": "x"}, "The server is a URL"),
        ({"jump_host_key": f"SHA256:{'a' * 43}"}, "go with a jump host"),
        ({"jump": "bastion", "jump_host_key": "12:34"}, "ssh-keygen -lf"),
        ({"jump": "bastion", "proxy": "http://p:3128"}, "cannot both lead there"),
        ({"issuer": "http://login.example.com", "client_id": "k", "refresh_token": "r"}, "The issuer is a URL"),
        ({"issuer": "https://i", "client_id": "k"}, "no token of the issuer"),
        ({"issuer": "https://i", "client_id": "k", "refresh_token": "r", "token": "t"}, "cannot both say who we are"),
    ],
)
async def test_what_cannot_be_used(more: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        await described({**WELL, **more})


def test_plugins_and_labels() -> None:
    assert plugin_of("kubelogin get-token --scope 'a b'") == Plugin("kubelogin", ("get-token", "--scope", "a b"))
    assert plugin_of(" ") is None


def test_paths_are_meant_from_where_they_are_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/jane")
    assert reference_of("token=file:t") == ("token", Reference("file", (f"{tmp_path}/t",)))
    assert reference_of("token=file:~/t") == ("token", Reference("file", ("/home/jane/t",)))
    assert reference_of("key=exec:./p a/b") == ("key", Reference("exec", (f"{tmp_path}/p", "a/b")))
    assert reference_of("key=exec:pass a/b") == ("key", Reference("exec", ("pass", "a/b")))
    assert plugin_of("~/bin/p get") == Plugin("/home/jane/bin/p", ("get",))
    assert labels_of(["env=lab", "note=a=b"]) == {"env": "lab", "note": "a=b"}
    for wrong in ("env", "=lab"):
        with pytest.raises(UsageError, match="is no label"):
            labels_of([wrong])

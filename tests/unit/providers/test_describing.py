from pathlib import Path

import pytest

from kubegenie_tui.domain.endpoint import Login, Plugin, Reference
from kubegenie_tui.domain.endpoint_form import FIELDS_OF, ONLY_SOMETIMES, endpoint_fields, pem_in
from kubegenie_tui.domain.errors import Refused, UsageError
from kubegenie_tui.domain.jump import Jump
from kubegenie_tui.domain.traits import labels_of
from kubegenie_tui.providers.describing import described, plugin_of
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


async def test_a_fingerprint_is_looked_for_at_the_server() -> None:
    with pytest.raises(Refused):
        await described({**WELL, "authority": "AB:" * 31 + "AB"})


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
    assert labels_of(["env=lab", "note=a=b"]) == {"env": "lab", "note": "a=b"}
    for wrong in ("env", "=lab"):
        with pytest.raises(UsageError, match="is no label"):
            labels_of([wrong])

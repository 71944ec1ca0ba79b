"""Servers that want a client certificate: with TLS 1.3 they say so after the handshake, with TLS 1.2 in it."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubegenie_tui.kube.context import AuthInfo, Tls
from kubegenie_tui.kube.probe import ProbeStep, probe
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, serve
from tests.unit.kube.strict_server import strict_server
from tests.unit.kube.test_probe import well

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
STEP_OF = {ssl.TLSVersion.TLSv1_2: "TLS", ssl.TLSVersion.TLSv1_3: "version"}
TRIES = 8
"""What a server of TLS 1.3 says is lost every other time where nobody listens for it."""


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ours")


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def version(request: pytest.FixtureRequest) -> ssl.TLSVersion:
    return ssl.TLSVersion(request.param)


@pytest.fixture
def strict(ours: Authority, version: ssl.TLSVersion) -> Iterator[str]:
    with strict_server(ours.issue("server"), ours.certificate, version) as url:
        yield url


async def steps_of(url: str, ours: Authority, auth: AuthInfo) -> list[ProbeStep]:
    async with client_of(url, tls=Tls(ca_file=str(ours.certificate)), auth=auth) as client:
        return [step async for step in probe(client)]


def showing(certificate: tuple[Path, Path]) -> AuthInfo:
    return AuthInfo(certificate_file=str(certificate[0]), key_file=str(certificate[1]))


async def refused(url: str, ours: Authority, auth: AuthInfo, last: str) -> str:
    """What is said every time."""
    details = set()
    for _ in range(TRIES):
        step = (await steps_of(url, ours, auth))[-1]
        assert (step.name, step.ok) == (last, False)
        details.add(step.detail)
    [detail] = details
    assert detail.startswith(f"{url} refused our side of TLS")
    return detail


async def test_none_is_shown(strict: str, ours: Authority, version: ssl.TLSVersion) -> None:
    detail = await refused(strict, ours, AuthInfo(), STEP_OF[version])
    assert "; no client certificate is shown · it" in detail
    assert "want" in detail.rpartition(" · ")[2]
    assert "a client certificate" in detail.rpartition(" · ")[2]


async def test_one_of_another_authority_is_shown(
    strict: str, ours: Authority, version: ssl.TLSVersion, tmp_path: Path
) -> None:
    wrong = Authority(tmp_path / "other").issue("me")
    detail = await refused(strict, ours, showing(wrong), STEP_OF[version])
    assert "alert unknown ca; shown is CN=me, issued by CN=ca, valid until 20" in detail
    assert "it may be for another cluster" in detail


async def test_one_that_has_ended_is_shown(strict: str, ours: Authority, version: ssl.TLSVersion) -> None:
    detail = await refused(strict, ours, showing(ours.issue("me", days=-1)), STEP_OF[version])
    assert "shown is CN=me" in detail
    assert detail.endswith("the client certificate has expired: get a new one")


async def test_the_right_one_is_shown_to_a_server_that_wants_it_at_once(strict: str, ours: Authority) -> None:
    steps = {step.name: step for step in await steps_of(strict, ours, showing(ours.issue("me")))}
    assert "the certificate is trusted" in steps["TLS"].detail
    assert steps["version"].detail == "v1.37.2"


async def test_a_server_that_hangs_up_and_says_nothing(ours: Authority, version: ssl.TLSVersion) -> None:
    async with serve(well, certificate=ours.issue("server"), client_authority=ours.certificate, newest=version) as url:
        step = (await steps_of(url, ours, AuthInfo()))[-1]
    assert (step.name, step.ok) == (STEP_OF[version], False)
    assert "want a client certificate" in step.detail
    assert "no client certificate is shown" in step.detail


async def test_a_server_that_only_fails_to_answer_wants_no_certificate(ours: Authority) -> None:
    async def fail(request: object) -> object:
        raise ConnectionResetError

    async with serve(fail, certificate=ours.issue("server")) as url:  # type: ignore[arg-type]
        step = (await steps_of(url, ours, AuthInfo()))[-1]
    assert (step.name, step.ok) == ("version", False)
    assert "client certificate" not in step.detail

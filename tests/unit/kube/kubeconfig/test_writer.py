from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.domain.endpoint import Reference
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Impersonation, Lent, Secret, Tls
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.kube.kubeconfig.writer import kubeconfig_of

PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
FULL = Context(
    "rack 7: [odd]",
    "rack 7: [odd]",
    "rack 7: [odd]",
    "shop",
    "https://10.0.0.7:6443/base",
    Tls(PEM, server_name="api.rack"),
    "http://proxy:3128",
    AuthInfo(
        certificate_data=PEM,
        key_data=Secret("-----BEGIN KEY-----\n"),
        token=Secret("yes: 'no'"),
        impersonation=Impersonation("jane", "7", ("ops", "dev"), (("scopes", ("a", "b")),)),
    ),
)


async def through_a_file(context: Context, file: Path) -> Context:
    return read_again(context, file, await kubeconfig_of(context))


def read_again(context: Context, file: Path, written: bytes) -> Context:
    file.write_bytes(written)
    found = load_kubeconfig([file])
    assert (found.current, found.errors) == (context.name, ())
    return msgspec.structs.replace(found.contexts[context.name], file="")


@pytest.mark.parametrize(
    "auth",
    [
        FULL.auth,
        AuthInfo(username="me", password=Secret("p")),
        AuthInfo(token_file="/run/token"),
        AuthInfo(
            exec=Exec("client.authentication.k8s.io/v1", "get", ("a b",), (("K", "v"),), provide_cluster_info=True)
        ),
        AuthInfo(),
    ],
)
async def test_what_is_written_reads_the_same(auth: AuthInfo, tmp_path: Path) -> None:
    context = msgspec.structs.replace(FULL, auth=auth)
    assert await through_a_file(context, tmp_path / "config") == context


async def test_secrets_that_lie_elsewhere_are_written_out(tmp_path: Path) -> None:
    async def fetch(owner: str, field: str, _: Reference) -> str:
        return f"{field} of {owner}"

    lent = Lent("rack", (("token", Reference("safe")),), 1.0, fetch)
    read = await through_a_file(msgspec.structs.replace(FULL, auth=AuthInfo(lent=lent)), tmp_path / "config")
    assert read.auth == AuthInfo(token=Secret("token of rack"))


async def test_a_pinned_certificate_cannot_be_written() -> None:
    with pytest.raises(UsageError, match="--ca-file"):
        await kubeconfig_of(msgspec.structs.replace(FULL, tls=Tls(PEM, pinned=True)))

"""Works of EKS whose login is another one than the one they were begun with."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from kubegenie_tui.domain.cluster import owner_of
from kubegenie_tui.domain.creation import Work, WorkState
from kubegenie_tui.domain.endpoint import Reference
from kubegenie_tui.domain.errors import CredentialError, ProviderError, UsageError
from kubegenie_tui.paths import data_dir
from kubegenie_tui.provision.locks import Locks
from tests.clouds.aws_account import KEYS, Account
from tests.clouds.aws_proxy import AwsProxy, Fault
from tests.clouds.making import Making
from tests.unit.providers.aws.conftest import SMALL

HERE = "arn:aws:iam::123456789012:role/ops"
ELSEWHERE = "arn:aws:iam::210987654321:role/ops"


@pytest.fixture
def by_the_environment(monkeypatch: pytest.MonkeyPatch, making: Making) -> Making:
    for name in ("access_key", "secret_key"):
        del making.config[name]
    log_in(monkeypatch, KEYS)
    return making


def log_in(monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["secret_key"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys.get("session_token", ""))


def keys_of(account: Account, role: str) -> dict[str, Any]:
    """Keys that end, of a role."""
    given = account.client("sts").assume_role(RoleArn=role, RoleSessionName="anna")["Credentials"]
    fields = ("access_key", "AccessKeyId"), ("secret_key", "SecretAccessKey"), ("session_token", "SessionToken")
    return {ours: given[theirs] for ours, theirs in fields}


async def test_a_login_of_another_account_removes_nothing_and_nothing_counts_as_gone(
    by_the_environment: Making, monkeypatch: pytest.MonkeyPatch, account: Account, network: dict[str, str]
) -> None:
    making = by_the_environment
    before = account.inventory()
    work = await making.made(name="far", **SMALL, **network)
    assert work.state is WorkState.DONE, work.message
    outline = await making.works.review_removal(work)
    there = account.inventory()
    log_in(monkeypatch, keys_of(account, ELSEWHERE))
    await making.works.clean_up(work, outline, "far")
    after = await making.ended()
    assert (after.state, account.inventory()) == (WorkState.FAILED, there)
    assert "was begun in account 123456789012" in after.message
    with pytest.raises(ProviderError, match="account 210987654321"):
        await making.works.review_removal(work)
    log_in(monkeypatch, KEYS)
    after = await making.again(after)
    assert (after.state, account.inventory()) == (WorkState.REMOVED, before), after.message


async def test_keys_that_ended_in_the_middle_are_replaced_and_it_goes_on(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    before, ended = account.inventory(), Fault("", "ExpiredTokenException", 403, "The security token is expired")
    making.config |= keys_of(account, HERE)
    aws.faults.append(replace(ended, call="eks:CreateNodegroup"))
    work = await making.made(name="late", **SMALL, **network)
    assert (work.state, work.login_refused) == (WorkState.FAILED, True)
    assert "AWS does not know who we are · The security token is expired" in work.message
    await refused_and_nothing_else(making, aws, account, work, ended)
    known = await making.works.renew(work, newer := keys_of(account, HERE))
    assert known.where == "account 123456789012"
    work = await making.again(work)
    assert (work.state, work.login_refused) == (WorkState.DONE, False), work.message
    assert "late/default" in account.inventory()
    assert await reached_by(making, "late") == newer["session_token"]
    await described_anew(making, "late")
    await making.works.renew(work, newest := keys_of(account, HERE))
    assert await reached_by(making, "late") == newest["session_token"]
    [registered] = await making.store.clusters.all()
    assert registered.endpoint is not None
    assert (registered.endpoint.namespace, await reached_by(making, "late", "key")) == ("team", "of a person")
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def refused_and_nothing_else(making: Making, aws: AwsProxy, account: Account, work: Work, ended: Fault) -> None:
    """What nobody is known by, what leads elsewhere, and what comes while somebody works is not taken."""
    kept = await making.store.works.secrets(work.id)
    elsewhere = "was begun in account 123456789012 of AWS · we are in account 210987654321"
    with pytest.raises(ProviderError, match=elsewhere):
        await making.works.renew(work, keys_of(account, ELSEWHERE))
    aws.faults.append(replace(ended, call="sts:GetCallerIdentity"))
    with pytest.raises(CredentialError, match="The security token is expired"):
        await making.works.renew(work, keys_of(account, HERE))
    with Locks(data_dir() / "works").held(work.id), pytest.raises(UsageError, match="Another process works on"):
        await making.works.renew(work, keys_of(account, HERE))
    assert (await making.works.get(work.id), await making.store.works.secrets(work.id)) == (work, kept)


async def reached_by(making: Making, cluster: str, secret: str = "env:AWS_SESSION_TOKEN") -> str:
    """What a registered cluster is reached with."""
    return await making.store.safe.reveal(owner_of(cluster), secret)


async def described_anew(making: Making, cluster: str) -> None:
    """As a person does who begins in another namespace, and shows a certificate too."""
    [before] = await making.store.clusters.all()
    assert before.endpoint is not None
    kept = {field: await reached_by(making, cluster, field) for field in before.endpoint.secrets}
    secrets = {**before.endpoint.secrets, "key": Reference("safe")}
    endpoint = structs.replace(before.endpoint, namespace="team", certificate="PEM", secrets=secrets)
    await making.store.clusters.save(structs.replace(before, endpoint=endpoint), {**kept, "key": "of a person"})

"""A token is a request to AWS that only the holder of the key can have signed, for one cluster."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from tests.clouds.aws_account import KEYS
from tests.clouds.aws_proxy import AwsProxy, Fault
from tests.unit.test_imports import LIBRARIES, imported_by

ASKED = ["token", "eks", "--cluster", "shop", "--region", "eu-west-1"]


@pytest.fixture(autouse=True)
def _only_what_a_test_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["secret_key"])


def url_of(printed: str) -> str:
    token = json.loads(printed)["status"]["token"]
    assert token.startswith("k8s-aws-v1.")
    assert "=" not in token
    encoded = token.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def signature(url: str, cluster: str, secret: str) -> str:
    """Signature Version 4 of a GET, as AWS documents it; nothing of the SDK is used."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query.pop("X-Amz-Signature")
    canonical_query = "&".join(f"{quote(key, '')}={quote(query[key], '')}" for key in sorted(query))
    headers = f"host:{parts.netloc}\nx-k8s-aws-id:{cluster}\n\nhost;x-k8s-aws-id"
    canonical = f"GET\n/\n{canonical_query}\n{headers}\n{hashlib.sha256(b'').hexdigest()}"
    _, day, region, service, end = query["X-Amz-Credential"].split("/")
    key = f"AWS4{secret}".encode()
    for each in (day, region, service, end):
        key = hmac.digest(key, each.encode(), "sha256")
    scope = f"{day}/{region}/{service}/{end}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{digest}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def test_the_token_is_a_signed_request_for_this_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ASKED) == Exit.OK
    printed = capsys.readouterr().out
    url = url_of(printed)
    query = dict(parse_qsl(urlsplit(url).query))
    assert urlsplit(url).netloc == "sts.eu-west-1.amazonaws.com"
    assert (query["Action"], query["X-Amz-Expires"]) == ("GetCallerIdentity", "60")
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert query["X-Amz-Signature"] == signature(url, "shop", KEYS["secret_key"])
    assert query["X-Amz-Signature"] != signature(url, "other", KEYS["secret_key"])
    assert KEYS["secret_key"] not in printed


def test_it_is_an_exec_credential_that_ends(capsys: pytest.CaptureFixture[str]) -> None:
    main(ASKED)
    credential = json.loads(capsys.readouterr().out)
    assert (credential["apiVersion"], credential["kind"]) == ("client.authentication.k8s.io/v1", "ExecCredential")
    ends = datetime.fromisoformat(credential["status"]["expirationTimestamp"])
    assert timedelta(minutes=13) < ends - datetime.now(UTC) <= timedelta(minutes=14)


def test_a_profile_has_its_own_key(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = other\n")
    assert main([*ASKED, "--profile", "dev"]) == Exit.OK
    url = url_of(capsys.readouterr().out)
    assert "AKIADEV" in url
    assert signature(url, "shop", "other") in url


def test_a_role_is_assumed_first(
    aws: AwsProxy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
    assert main([*ASKED, "--role", "arn:aws:iam::123456789012:role/ops"]) == Exit.OK
    assert aws.calls == ["sts:AssumeRole"]
    query = dict(parse_qsl(urlsplit(url_of(capsys.readouterr().out)).query))
    assert query["X-Amz-Security-Token"]
    assert not query["X-Amz-Credential"].startswith(KEYS["access_key"])


def test_a_role_that_may_not_be_assumed(
    aws: AwsProxy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
    aws.faults.append(Fault("sts:AssumeRole", "AccessDenied", 403, "User ada is not authorized"))
    assert main([*ASKED, "--role", "arn:aws:iam::123456789012:role/ops"]) == Exit.FAILED
    told = capsys.readouterr()
    assert told.out == ""
    assert "User ada is not authorized" in told.err


def test_nobody_has_no_token(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert main(ASKED) == Exit.FAILED
    assert "AWS does not know who we are" in capsys.readouterr().err
    assert main([*ASKED, "--profile", "gone"]) == Exit.FAILED
    assert "The config profile (gone) could not be found" in capsys.readouterr().err


def test_a_cluster_and_a_region_are_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "eks", "--cluster", "shop"]) == Exit.USAGE
    assert "--region" in capsys.readouterr().err


def test_a_token_costs_no_more_than_its_library() -> None:
    asked = f"from kubegenie_tui.cli import main; main({ASKED!r})"
    assert imported_by(asked) & (LIBRARIES | {"boto3"}) <= {"msgspec"}

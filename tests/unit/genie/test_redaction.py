"""The redaction corpus: what must be masked, what must stay readable, and that masking is stable."""

import asyncio
import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.domain.credential_names import is_credential_name
from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.redaction.stretches import BEYOND, STRETCH

SECRET_TEXTS = [
    ("password=hunter2", "hunter2"),
    ("DB_PASSWORD: 's3cret pw'", "s3cret pw"),
    ('{"db_password":"correct horse"}', "correct horse"),
    ('level=info apiKey="k-12-ab" msg=started', "k-12-ab"),
    ("env AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"),
    ("the key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY was rejected", "wJalrXUtnFEMI"),
    ("AKIAIOSFODNN7EXAMPLE is not authorised", "AKIAIOSFODNN7EXAMPLE"),
    ("postgres://app:p@ssw0rd@db:5432/shop", "p@ssw0rd"),
    ("redis://:onlypass1@cache:6379/0", "onlypass1"),
    ("mongodb://u:p/w@h/db", "p/w"),
    ("https://ghp_abcdefghijklmnopqrst0123456789@github.com/x", "ghp_abcdefghijklmnopqrst0123456789"),
    ("Authorization: Bearer abcdef", "abcdef"),
    ("got header authorization='Basic dXNlcjpwYXNz'", "dXNlcjpwYXNz"),
    ("curl -H 'X-Auth-Token: 77aa' https://x", "77aa"),
    ("curl -u admin:letmein https://x", "letmein"),
    ("server --token abc123 --verbose", "abc123"),
    ("server --client-secret=\"a b c\" --verbose", "a b c"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJzdWIiOiIxMjM0In0"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----", "MIIEow"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEowcut off", "MIIEowcut"),
    ("glpat-abcdefghij0123456789 leaked", "glpat-abcdefghij0123456789"),
    ("xoxb-1234567890-abcdef", "xoxb-1234567890"),
    ("sk-proj-abcdefghijklmnop1234", "sk-proj-abcdefghijklmnop1234"),
    ("https://hooks.slack.com/services/T000/B000/XXXXYYYY", "T000/B000/XXXXYYYY"),
    ("join with abcdef.0123456789abcdef now", "0123456789abcdef"),
    ("bot 123456789:AAE-abcdefghijklmnopqrstuvwxyz0123456", "AAE-abcdefghij"),
    ("session 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 opened", "9f86d081884c7d65"),
    ("key q7Zx9LmN2pRt5VwY8bCd used", "q7Zx9LmN2pRt5VwY8bCd"),
    ("password is hunter2abc, do not share", "hunter2abc"),
    ('{"auths":{"r.io":{"auth":"dXNlcjpwYXNzd29yZA=="}}}', "dXNlcjpwYXNzd29yZA"),
    ("H4sIAAAAAAAA/" + "kZ4TkMTEyVkpVmlp" * 8, "kZ4TkMTEyVkpVmlp"),
    ("GET /?access_token=abc.def&x=1", "abc.def"),
    ('msg="login with password=topsecret1 failed"', "topsecret1"),
    ('{"env": [{"name": "API_TOKEN", "value": "plain-word"}]}', "plain-word"),
    ('{\\"name\\": \\"API_TOKEN\\", \\"value\\": \\"plain-word\\"}', "plain-word"),
    ("env:\n- name: DB_PASSWORD\n  value: plain-word\n", "plain-word"),
    ('+        - name: DB_PASSWORD\n+          value: "plain word"\n', "plain word"),
]  # fmt: skip

OPEN_TEXTS = [
    'Error: secret "checkout-db" not found',
    "couldn't find key url in Secret shop/checkout-db",
    "references non-existent secret key: url",
    "secretName: shop-db",
    "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n",
    "- name: MODE\n  value: fast\n- name: COLOUR\n  value: blue\n",
    "name: a-secret-of-web\nvalues: 3",
    "imagePullSecrets: [{name: regcred}]",
    "tokenExpirationSeconds: 3607",
    "automountServiceAccountToken: false",
    "max_tokens: 4096",
    "Basic authentication failed for user app",
    "bearer of bad news",
    "FATAL: required environment variable DATABASE_URL is not set",
    "the variable POSTGRES_PASSWORD is not set",
    "POSTGRES_PASSWORD is missing: set it",
    'secrets is forbidden: User "viewer" cannot list resource "secrets" in API group ""',
    "the token was revoked, and its Secret is immutable",
    "the password was rejected.",
    'Back-off restarting failed container api in pod web-7c9f4d8b6f-x2xkq_shop(0b8c7a4e-9d1f-4f6e-8a52-2f5d3f1f9c11)',
    "registry.k8s.io/kube-proxy@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "containerd://9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "/var/lib/kubelet/pods/0b8c7a4e/volumes/kubernetes.io~projected/kube-api-access-x7Yq2",
    "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available",
    "2026-11-25T20:11:12.123456Z INFO server started on http://0.0.0.0:8080/health",
    "dial tcp 10.96.0.12:5432: connect: connection refused",
    "postgres://db:5432/shop?user=app",
    "author=jane authority=none oauth flow started",
    "serviceaccounts/default/token",
    "io.k8s.api.apps.v1.DeploymentSpec in namespace kube-system",
    "pod-template-hash=58d1b6c9f7,app=checkout",
]  # fmt: skip


@pytest.mark.parametrize(("text", "secret"), SECRET_TEXTS)
def test_secrets_in_text_are_masked(text: str, secret: str) -> None:
    masked = Redactor().text(text)
    assert secret not in masked
    assert "[redacted-" in masked


def test_a_value_that_is_cut_off_is_masked() -> None:
    assert "plain-wo" not in Redactor().text("{'name': 'API_TOKEN', 'value': 'plain-wo")


@pytest.mark.parametrize("text", OPEN_TEXTS)
def test_what_a_diagnosis_needs_stays_readable(text: str) -> None:
    assert Redactor().text(text) == text


@given(st.text(max_size=200) | st.sampled_from([text for text, _ in SECRET_TEXTS]).flatmap(
    lambda text: st.text(max_size=20).map(lambda more: more + text + more)
))  # fmt: skip
def test_masking_twice_changes_nothing(text: str) -> None:
    redactor = Redactor()
    once = redactor.text(text)
    assert redactor.text(once) == once


def test_placeholders_are_stable_in_a_session_and_differ_between_sessions() -> None:
    redactor = Redactor()
    one, two = redactor.text("password=abc123"), redactor.text("token: abc123")
    assert one.partition("[")[2] == two.partition("[")[2]
    assert redactor.text("password=abc124") != one
    assert Redactor().text("password=abc123") != one


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "apiKey", "client_secret", "GITHUB_TOKEN", "--auth-token", "smtp.passwd"]
)
def test_credential_names(name: str) -> None:
    assert is_credential_name(name)


@pytest.mark.parametrize(
    "name", ["secretName", "tokenPath", "passwordFile", "secret_ref", "author", "monkey", "replicas"]
)
def test_names_of_references_are_no_credentials(name: str) -> None:
    assert not is_credential_name(name)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_secret_values_are_masked_and_known_everywhere_afterwards() -> None:
    redactor = Redactor()
    secret = {
        "kind": "Secret",
        "metadata": {"name": "db", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"data":"x"}'}},
        "data": {"url": encoded("plainvalue-77")},
        "stringData": {"other": "second-value-8"},
    }
    masked = redactor.object(secret)
    assert set(masked["data"]) == {"url"}
    text = json.dumps(masked)
    for value in ("plainvalue-77", encoded("plainvalue-77"), "second-value-8", '{\\"data'):
        assert value not in text
    assert redactor.text("connecting with plainvalue-77 now") == f"connecting with {masked['data']['url']} now"
    assert encoded("plainvalue-77") not in redactor.text(f"raw {encoded('plainvalue-77')}")


def test_secret_lists_are_masked_whatever_their_items_say() -> None:
    listed = {"kind": "SecretList", "items": [{"metadata": {"name": "a"}, "data": {"k": encoded("a-canary-1")}}]}
    redactor = Redactor()
    text = json.dumps(redactor.object(listed))
    assert encoded("a-canary-1") not in text
    assert "a-canary-1" not in redactor.text("log a-canary-1")


def test_pods_lose_credentials_and_keep_references() -> None:
    container = {
        "name": "api",
        "command": ["serve", "--token", "tok-1", "--level", "info"],
        "args": ["--db-password=pw-2", "run"],
        "env": [
            {"name": "API_KEY", "value": "key-3"},
            {"name": "MODE", "value": "fast"},
            {"name": "DB_URL", "value": "postgres://u:pw-4@db/x"},
            {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "checkout-db", "key": "password"}}},
        ],
    }
    pod = {"kind": "Pod", "spec": {"containers": [container], "imagePullSecrets": [{"name": "regcred"}]}}
    text = json.dumps(Redactor().object(pod))
    for gone in ("tok-1", "pw-2", "key-3", "pw-4"):
        assert gone not in text
    for kept in ('"fast"', '"checkout-db"', '"password"', '"regcred"', '"--level"', '"info"'):
        assert kept in text


def test_config_maps_lose_credentials_in_keys_and_in_files() -> None:
    data = {"password": "cm-pw", "level": "debug", "app.properties": "db.password=cm-file-pw\nsize=3"}
    config: dict[str, Any] = {"kind": "ConfigMap", "data": data, "binaryData": {"blob": "AAAA"}}
    masked = Redactor().object(config)
    assert masked["data"]["level"] == "debug"
    assert "size=3" in masked["data"]["app.properties"]
    assert "cm-pw" not in json.dumps(masked)
    assert "cm-file-pw" not in json.dumps(masked)
    assert masked["binaryData"] == {"blob": "[left out]"}


EDGES = [text for text, _ in SECRET_TEXTS if "cut off" not in text]
LONG_SECRETS = [
    f"-----BEGIN PRIVATE KEY-----\n{'MIIEowIBAAKCAQEA7 ' * 2_000}\n-----END PRIVATE KEY-----",
    f"password='{'correct horse ' * 2_000}'",
    "H4sIAAAAAAAA/" + "kZ4TkMTEyVkpVmlp" * 2_000,
]


@pytest.mark.parametrize("secret", EDGES + LONG_SECRETS)
@pytest.mark.parametrize("edge", [STRETCH, STRETCH + BEYOND])
def test_a_secret_across_the_edge_of_a_stretch_is_masked_as_elsewhere(secret: str, edge: int) -> None:
    redactor = Redactor()
    alone = redactor.text(f"\n{secret} \n")
    steps = {1, 2, 3, len(secret) // 3, len(secret) // 2, len(secret) - 1, min(len(secret), 20)}
    for before in steps:
        filler = "all is well\n" * STRETCH
        begun = filler[: edge - before - 1]
        assert redactor.text(f"{begun}\n{secret} \n{filler[:STRETCH]}") == begun + alone + filler[:STRETCH]


async def test_others_have_their_turn_between_the_stretches_of_a_long_text() -> None:
    redactor = Redactor()
    text = "GET /cart 200 in 12 ms, token_count=12, request 550e8400-e29b-41d4-a716-446655440000\n" * 20_000
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    masked = await redactor.long_text(text)
    other.cancel()
    assert masked == redactor.text(text)
    assert turns > 10


async def test_sealed_masks_every_text_of_a_request() -> None:
    arguments = json.dumps({"password": "arg-1"})
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "is token: usr-1 valid?"},
        {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "get", "arguments": arguments}}]},
        {"role": "tool", "tool_call_id": "1", "content": "Bearer abc123def"},
    ]
    text = json.dumps(await Redactor().sealed(messages))
    for gone in ("usr-1", "arg-1", "abc123def"):
        assert gone not in text


async def test_nothing_leaves_when_masking_does_not_hold() -> None:
    class Leaky(Redactor):
        async def long_text(self, text: str) -> str:
            return text + "x"

    with pytest.raises(ModelError, match="was not sent"):
        await Leaky().sealed([{"role": "user", "content": "hi"}])


@pytest.mark.parametrize(
    "text",
    [
        "token." * 16_000,
        "http://a:b" * 10_000,
        'password="' + "x" * 100_000,
        "-----BEGIN X-----" * 6_000,
        "a=" * 50_000,
        "mysql -p" * 12_000,
        "curl 'u:" * 12_000,
        'eyJaaaaaaa" "' * 9_000,
        "password is " * 9_000,
        "a:5432:b:c:" * 9_000,
        "name: a value" * 8_000,
        "htpasswd -b a b " * 7_000,
        "://a:" * 20_000 + "@b",
        "\\n" * 50_000,
    ],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    began = time.process_time()
    Redactor().text(text)
    assert time.process_time() - began < 1.5


def test_a_secret_inside_another_object_is_masked_as_one_that_stands_alone() -> None:
    inner = {"kind": "Secret", "data": {"a": "aHVudGVyMi12ZXJ5"}, "stringData": {"b": "plain words"}}
    masked = Redactor().object({"kind": "Object", "spec": {"forProvider": {"manifest": inner}}})
    held = masked["spec"]["forProvider"]["manifest"]
    assert held["data"]["a"].startswith("[redacted-")
    assert held["stringData"]["b"].startswith("[redacted-")


def test_of_too_many_secrets_those_that_were_read_last_are_known() -> None:
    redactor = Redactor()
    for number in range(6_000):
        redactor.learn_from({"kind": "Secret", "stringData": {"value": f"canary {number:06}"}})
    assert "canary 005999" not in redactor.text("it said canary 005999")


def test_the_lines_around_a_key_in_a_secret_are_no_secrets_of_their_own() -> None:
    redactor = Redactor()
    key = "-----BEGIN PRIVATE KEY-----\nMIIEone\n-----END PRIVATE KEY-----"
    redactor.learn_from({"kind": "Secret", "stringData": {"tls.key": key}})
    assert "MIIEother" not in redactor.text(key.replace("MIIEone", "MIIEother"))


def test_of_a_file_in_a_secret_what_every_file_has_stays_readable_elsewhere() -> None:
    redactor = Redactor()
    file = "apiVersion: v1\nkind: Config\nusers:\ncurrent-context: prod\npassword: plain-words\nca: Zm9vYmFyMQ=="
    redactor.learn_from({"kind": "Secret", "stringData": {"value": file}})
    open_text = "apiVersion: v1\nkind: ConfigMap\nusers:\ncurrent-context: prod"
    assert redactor.text(open_text) == open_text
    assert "plain-words" not in redactor.text("it was plain-words")
    assert "Zm9vYmFyMQ" not in redactor.text("  ca: Zm9vYmFyMQ==")


@pytest.mark.parametrize(
    ("words", "secret"),
    [
        ({"command": ["mysqladmin", "ping", "-uroot", "-phunter2pw"]}, "hunter2pw"),
        ({"command": ["redis-cli"], "args": ["-a", "hunter2", "ping"]}, "hunter2"),
        ({"command": ["sh", "-c", "echo 'é'\ncurl -u bob:hunter2pw \"http://web\""]}, "hunter2pw"),
    ],
)
def test_the_words_of_a_command_are_looked_at_together(words: dict[str, list[str]], secret: str) -> None:
    container = {"name": "db", **words, "env": []}
    [masked] = Redactor().object({"kind": "Pod", "spec": {"containers": [container]}})["spec"]["containers"]
    assert secret not in str(masked)
    for key, part in words.items():
        assert len(masked[key]) == len(part)
        assert masked[key][0] == part[0]
    assert "hunter" not in str(masked)


async def test_what_becomes_suspicious_when_something_else_is_masked_is_masked_as_well() -> None:
    text = "pZ2luX2VjEJrwEaCXVzLWVhc3QtContent-MD5: 9f86d081884c7d659a2feaa0c55ad015"
    [sent] = await Redactor().sealed([{"content": text}])
    assert "9f86d0" not in sent["content"]

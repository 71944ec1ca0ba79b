import msgspec
import pytest

from kubegenie_tui.domain.endpoint import (
    Endpoint,
    Plugin,
    Reference,
    check_endpoint,
    names_reference,
    read_reference,
    wrong_command,
    wrong_issuer,
    wrong_proxy,
    wrong_secret,
    wrong_server,
)
from kubegenie_tui.domain.errors import UsageError

WELL = Endpoint("https://10.0.0.7:6443")
IN_SAFE = Reference("safe")


@pytest.mark.parametrize("text", ["https://10.0.0.7:6443", "http://localhost", "https://[::1]:6443/k8s/clusters/c-1"])
def test_urls_of_servers(text: str) -> None:
    assert wrong_server(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10.0.0.7:6443", "such as https://"),
        ("", "such as https://"),
        ("ftp://a", "such as https://"),
        ("https://a:99999", "not a URL"),
        ("https://a:0", "port 0"),
        ("https://me:word@a", "does not belong"),
        ("https://a/?x=1", "no ?"),
        ("https://[::1", "not a URL"),
    ],
)
def test_what_is_no_url_of_a_server(text: str, said: str) -> None:
    assert said in wrong_server(text)


def test_a_password_of_a_proxy_is_not_kept() -> None:
    assert wrong_proxy("http://proxy:3128") == ""
    assert "in the clear" in wrong_proxy("http://me:word@proxy:3128")
    assert "SOCKS is not supported" in wrong_proxy("socks5://proxy")
    assert "such as" in wrong_proxy("proxy:3128")


def test_a_url_that_is_none_is_told_of_each_field() -> None:
    for wrong in (wrong_server, wrong_proxy, wrong_issuer):
        assert "not a URL" in wrong("https://[::1")
        assert "not a URL" in wrong("https://a:99999")
    assert wrong_issuer("https://login.example.com/ops") == ""


def test_a_command_line_that_cannot_be_read() -> None:
    assert wrong_command("kubelogin get-token --name 'a b'") == ""
    assert "no other half" in wrong_command("kubelogin 'get-token")
    assert wrong_command("''") == ""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"token_file": "/t", "secrets": {"token": IN_SAFE}}, "A token and a token file cannot both"),
        ({"plugin": Plugin("x"), "username": "me", "secrets": {"password": IN_SAFE}}, "cannot both"),
        ({"username": "me"}, "password belong together"),
        ({"secrets": {"password": IN_SAFE}}, "password belong together"),
        ({"certificate": "PEM"}, "key belong together"),
        ({"secrets": {"key": IN_SAFE}}, "key belong together"),
        ({"as_groups": ("ops",)}, "name the user"),
        ({"server": "x"}, "The server is a URL"),
        ({"proxy_url": "http://a:b@c"}, "A proxy with a password"),
    ],
)
def test_what_could_never_work(more: dict[str, object], said: str) -> None:
    check_endpoint(WELL)
    with pytest.raises(UsageError, match=said):
        check_endpoint(msgspec.structs.replace(WELL, **more))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token=keyring:vendor/rack-7", ("token", Reference("keyring", ("vendor/rack-7",)))),
        ("key=file:/etc/a=b:c", ("key", Reference("file", ("/etc/a=b:c",)))),
        ("password=exec:pass show 'rack 7'", ("password", Reference("exec", ("pass", "show", "rack 7")))),
    ],
)
def test_references(text: str, expected: tuple[str, Reference]) -> None:
    assert read_reference(text) == expected


@pytest.mark.parametrize(
    "text", ["", "token", "token=", "token=abc", "token=file:", "user=file:/a", "token=safe:x", "key=exec:'"]
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_reference(text)
    assert "abc" not in str(raised.value), "what may be a secret is not repeated"


@pytest.mark.parametrize(
    ("text", "named", "wrong"),
    [
        ("eyJ.file:x", False, False),
        ("keyring:vendor/rack-7", True, False),
        (" exec:pass show x", True, False),
        ("file:", True, True),
        ("exec:'", True, True),
    ],
)
def test_a_secret_may_say_where_it_lies(text: str, *, named: bool, wrong: bool) -> None:
    assert names_reference(text) == named
    assert bool(wrong_secret(text)) == wrong

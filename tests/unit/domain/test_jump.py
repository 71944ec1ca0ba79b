import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.jump import Jump, read_jump

KEY = f"SHA256:{'a' * 43}"


@pytest.mark.parametrize(
    ("text", "jump"),
    [
        ("bastion", Jump("bastion")),
        ("me@bastion.example.com", Jump("bastion.example.com", user="me")),
        ("me@bastion:2222", Jump("bastion", 2222, "me")),
        ("me@[fd00::7]:2222", Jump("fd00::7", 2222, "me")),
        ("10.0.0.7", Jump("10.0.0.7")),
    ],
)
def test_it_is_written_as_ssh_takes_it(text: str, jump: Jump) -> None:
    assert read_jump(text) == jump
    assert str(jump) == text


def test_with_keys() -> None:
    assert read_jump("b", "/k", f"{KEY}=") == Jump("b", key_file="/k", host_key=KEY)


@pytest.mark.parametrize("text", ["", "a b", "me@", "@b", "b:0", "b:99999", "b:x", "-oProxyCommand=x", "fd00::7"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(UsageError):
        read_jump(text)


def test_what_is_no_fingerprint() -> None:
    with pytest.raises(UsageError, match="ssh-keygen -lf"):
        read_jump("b", "", "MD5:12")

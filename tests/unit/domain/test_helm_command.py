from typing import Literal

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.helm_command import HelmWish, read_helm_words
from kubegenie_tui.domain.helm_run import Chart


@pytest.mark.parametrize(
    ("line", "wish"),
    [
        ("", HelmWish("install")),
        ("web", HelmWish("install", "web")),
        ("web ./web", HelmWish("install", "web", Chart("./web"))),
        ("-f a web oci://x/web --values=b", HelmWish("install", "web", Chart("oci://x/web"), ("a", "b"))),
        ("web web --repo https://charts --version 1.2", HelmWish("install", "web", Chart("web", "1.2", "https://charts"))),
        ("web x/web -n shop", HelmWish("install", "web", Chart("x/web"), (), "shop")),
    ],
)  # fmt: skip
def test_what_is_typed(line: str, wish: HelmWish) -> None:
    assert read_helm_words("install", line.split()) == wish


@pytest.mark.parametrize("verb", ["install", "upgrade"])
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("web web --set a=b", "--set is not taken here"),
        ("web web -f", "-f needs a value"),
        ("web web web", "takes a name and a chart"),
    ],
)
def test_what_cannot_be_meant(verb: Literal["install", "upgrade"], line: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read_helm_words(verb, line.split())

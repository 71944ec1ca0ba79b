import pytest

from kubegenie_tui.domain.log_source import LogSource, short_names


def of(*names: str) -> list[LogSource]:
    return [LogSource("shop", *name.split("/")) for name in names]


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (("web-7c9f4-x2xkq/app", "web-7c9f4-m8t2p/app"), ["x2xkq", "m8t2p"]),
        (("web-7c9f4-x2xkq/app", "web-58d1b-q7wzn/app"), ["x2xkq", "q7wzn"]),
        (("web-7c9f4-x2xkq/app", "web-7c9f4-x2xkq/proxy"), ["app", "proxy"]),
        (("db-0/db", "db-1/db", "db-1/metrics"), ["0/db", "1/db", "1/metrics"]),
        (("web-a-0/app", "web-b-0/app"), ["a-0", "b-0"]),
        (("web-1/app", "api-2/app"), ["web-1", "api-2"]),
        (("web/app", "api/app"), ["web", "api"]),
        (("web/app", "web-2/app"), ["web", "web-2"]),
        ((), []),
    ],
)
def test_names_are_as_short_as_they_can_be(names: tuple[str, ...], short: list[str]) -> None:
    assert short_names(of(*names)) == short


def test_the_cluster_is_named_where_there_are_several() -> None:
    sources = [
        LogSource("shop", "web-1", "app", cluster="prod"),
        LogSource("shop", "web-1", "app", cluster="staging"),
        LogSource("shop", "web-2", "app", cluster="prod"),
        LogSource("", "", "", cluster="rack"),
    ]
    assert short_names(sources) == ["prod/1", "staging/1", "prod/2", "rack"]

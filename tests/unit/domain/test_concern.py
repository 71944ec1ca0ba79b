from datetime import UTC, datetime, timedelta

from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.cluster_rows import CLUSTER_COLUMNS, UNVERIFIED, cluster_row, columns_not_shown
from kubegenie_tui.domain.concern import Concern, concerns_of
from kubegenie_tui.domain.errors import CredentialError, Refused
from kubegenie_tui.domain.health import Health

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def ending(server: timedelta | None = None, client: timedelta | None = None) -> tuple[Concern, ...]:
    ends = [None if left is None else NOW + left for left in (server, client)]
    return concerns_of(
        server_end=ends[0], client_end=ends[1], nodes=3, nodes_ready=3, latency_ms=5.0, now=NOW
    )  # all else is well


def test_a_certificate_is_spoken_of_from_thirty_days_on_and_critical_once_it_has_ended() -> None:
    assert ending(timedelta(days=30, seconds=1)) == ()
    assert ending(timedelta(days=30)) == (
        Concern(Health.WARN, "the server's certificate ends in 30 days, 2026-12-27 12:00 UTC"),
    )
    assert ending(client=timedelta(days=1)) == (
        Concern(Health.WARN, "our client certificate ends in 1 day, 2026-11-28 12:00 UTC"),
    )
    (last_day,) = ending(timedelta(hours=3))
    assert last_day.text == "the server's certificate ends within a day, 2026-11-27 15:00 UTC"
    assert ending(timedelta(0)) == (Concern(Health.BAD, "the server's certificate ended 2026-11-27 12:00 UTC"),)


def test_the_worst_comes_first() -> None:
    found = ending(timedelta(days=9), -timedelta(days=1))
    assert [each.health for each in found] == [Health.BAD, Health.WARN]


def test_nodes_that_are_not_ready_and_a_slow_server_are_told() -> None:
    found = concerns_of(server_end=None, client_end=None, nodes=5, nodes_ready=3, latency_ms=2340.0, now=NOW)
    assert [each.text for each in found] == ["2 of 5 nodes not ready", "the server takes 2.3 s to answer"]
    unknown = concerns_of(server_end=None, client_end=None, nodes=5, nodes_ready=None, latency_ms=None, now=NOW)
    assert unknown == ()


def test_the_cluster_list_tells_them_in_state_and_message() -> None:
    ended, soon = Concern(Health.BAD, "it ended"), Concern(Health.WARN, "it ends")
    row = cluster_row(ClusterStatus("a", "", reach=Reach.READY, concerns=(ended, soon)), 1)
    assert (row.cells[0], row.cells[-1], row.health) == ("critical", "it ended · it ends", Health.BAD)
    row = cluster_row(ClusterStatus("a", "", reach=Reach.READY, concerns=(soon,)), 1)
    assert (row.cells[0], row.health) == ("warning", Health.WARN)
    row = cluster_row(ClusterStatus("a", "", reach=Reach.READY, concerns=(soon,), unverified=True), 1)
    assert (row.health, row.cells[0]) == (Health.BAD, "unverified")
    assert row.cells[-1] == f"{UNVERIFIED} · {soon.text}"
    row = cluster_row(ClusterStatus("a", "", reach=Reach.UNREACHABLE, concerns=(soon,)), 1)
    assert (row.cells[0], row.health) == ("unreachable", Health.BAD)


def test_the_cluster_list_tells_whom_a_cluster_takes_us_for_where_one_has_said_it() -> None:
    unknown, known = ClusterStatus("a", ""), ClusterStatus("b", "", identity="jane\x1b[31m")
    place = [column.title for column in CLUSTER_COLUMNS].index("USER")
    assert [cluster_row(each, 1).cells[place] for each in (unknown, known)] == [None, "jane"]
    assert "USER" in columns_not_shown([unknown])
    assert "USER" not in columns_not_shown([unknown, known])


def test_the_cluster_list_says_which_credential_cannot_be_had() -> None:
    lost = CredentialError("The secret in /t cannot be read", "No such file or directory", "put it there again")
    gone = Refused("https://a refused us", "nothing listens", "check that it runs")
    messages = [cluster_row(ClusterStatus("a", "", error=each), 1).cells[-1] for each in (lost, gone)]
    assert messages == [str(lost), "nothing listens · check that it runs"]

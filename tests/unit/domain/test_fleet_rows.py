from kubegenie_tui.domain.errors import KubeGenieError, Refused
from kubegenie_tui.domain.fleet_rows import FleetRows
from kubegenie_tui.domain.fleet_view import FleetView
from kubegenie_tui.domain.live import Changes, LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Column, Row
from kubegenie_tui.domain.row_filter import RowFilter

COLUMNS = (Column("STATUS"), Column("NODE"))


def rows_of(*names: str, columns: tuple[Column, ...] = COLUMNS, phase: Phase = Phase.LIVE) -> LiveRows:
    live = LiveRows(columns)
    for name in names:
        put(live, name)
    live.set_state(LiveState(phase, 10.0))
    live.publish()
    return live


def put(live: LiveRows, name: str, status: str = "Running", version: str = "1") -> None:
    cells = tuple(status if column.title == "STATUS" else f"node-of-{name}" for column in live.columns)
    live.put(Row(f"uid-{name}", "shop", name, 1000, version, cells))


def arranged(view: FleetView, fleet: FleetRows) -> list[tuple[str, str]]:
    for _ in view.arrange(fleet.rows):
        pass
    return shown(view)


def follow(view: FleetView, fleet: FleetRows) -> None:
    def take(changes: Changes) -> None:
        view.apply(changes.upserted, changes.removed)

    fleet.subscribe(take)


def phase_of(fleet: FleetRows) -> Phase:
    return fleet.state.phase


def error_of(fleet: FleetRows) -> KubeGenieError | None:
    return fleet.state.error


def shown(view: FleetView) -> list[tuple[str, str]]:
    return [(row.cluster, row.name) for row in view.window(0, len(view))]


def test_rows_of_clusters_with_the_same_uids_stand_side_by_side() -> None:
    fleet = FleetRows()
    fleet.join("eu", rows_of("a", "b"))
    fleet.join("us", rows_of("a", "c"))
    assert arranged(FleetView(fleet), fleet) == [("eu", "a"), ("us", "a"), ("eu", "b"), ("us", "c")]


def test_a_row_is_the_clusters_own_and_not_a_copy() -> None:
    live = rows_of("a")
    fleet = FleetRows()
    fleet.join("eu", live)
    assert next(iter(fleet.rows.values())) is live.rows["uid-a"]


def test_changes_of_one_cluster_touch_only_its_rows() -> None:
    eu, us = rows_of("a"), rows_of("a")
    fleet = FleetRows()
    fleet.join("eu", eu)
    fleet.join("us", us)
    fleet.publish()
    view = FleetView(fleet)
    arranged(view, fleet)
    heard: list[Changes] = []
    fleet.subscribe(heard.append)
    follow(view, fleet)
    put(us, "b")
    us.remove("uid-a")
    us.publish()
    assert not heard
    fleet.publish()
    assert [(row.cluster, row.name) for row in heard[0].upserted.values()] == [("us", "b")]
    assert shown(view) == [("eu", "a"), ("us", "b")]


def test_a_row_that_goes_and_comes_again_before_anybody_looks_is_there() -> None:
    eu = rows_of("a")
    fleet = FleetRows()
    fleet.join("eu", eu)
    fleet.publish()
    heard: list[Changes] = []
    fleet.subscribe(heard.append)
    eu.remove("uid-a")
    eu.publish()
    put(eu, "a", version="2")
    eu.publish()
    fleet.publish()
    assert not heard[0].removed
    assert len(heard[0].upserted) == 1


def test_a_cluster_that_leaves_takes_its_rows_along() -> None:
    fleet = FleetRows()
    fleet.join("eu", rows_of("a"))
    us = rows_of("b")
    fleet.join("us", us)
    view = FleetView(fleet)
    arranged(view, fleet)
    follow(view, fleet)
    fleet.leave("us")
    fleet.publish()
    assert shown(view) == [("eu", "a")]
    put(us, "c")
    us.publish()
    assert not fleet.dirty


def test_other_columns_of_another_version_are_found_by_their_titles() -> None:
    fleet = FleetRows()
    fleet.join("eu", rows_of("a"))
    fleet.join("us", rows_of("b", columns=(Column("ZONE"), Column("STATUS"))))
    view = FleetView(fleet)
    arranged(view, fleet)
    read = {column.title: value for column, value in view.titled_columns()}
    of_us = view.window(0, 2)[1]
    assert read["STATUS"](of_us) == "Running"
    assert read["NODE"](of_us) is None


def test_the_filter_knows_the_cluster() -> None:
    fleet = FleetRows()
    fleet.join("prod-eu", rows_of("a"))
    fleet.join("staging", rows_of("b"))
    view = FleetView(fleet)
    for text in ("CLUSTER:prod", "prod", "^prod-eu$"):
        view.filter = RowFilter(text, view.titled_columns())
        assert arranged(view, fleet) == [("prod-eu", "a")]
    view.filter = RowFilter("!prod", view.titled_columns())
    assert arranged(view, fleet) == [("staging", "b")]


def test_use_is_that_of_the_rows_cluster() -> None:
    fleet = FleetRows()
    fleet.join("eu", rows_of("a"))
    fleet.join("us", rows_of("a"))
    view = FleetView(fleet)
    view.set_usage({"eu": {"shop/a": (100, 1)}, "us": {"shop/a": (900, 2)}})
    view.sort_by, view.descending = "CPU", True
    assert arranged(view, fleet) == [("us", "a"), ("eu", "a")]


def test_one_live_cluster_makes_the_rows_live_and_only_all_in_trouble_are_trouble() -> None:
    fleet = FleetRows()
    error = Refused("Nothing listens there")
    broken = rows_of(phase=Phase.LOADING)
    broken.set_state(LiveState(Phase.LOADING, 1.0, error))
    fleet.join("rack", broken)
    assert error_of(fleet) is error
    slow = rows_of(phase=Phase.LOADING)
    fleet.join("slow", slow)
    assert phase_of(fleet) is Phase.LOADING
    assert error_of(fleet) is None
    slow.set_state(LiveState(Phase.LIVE, 5.0))
    slow.publish()
    assert phase_of(fleet) is Phase.LIVE


def test_rows_of_clusters_that_still_load_are_coming_but_not_of_those_in_trouble() -> None:
    fleet, late, failing = FleetRows(), rows_of("b", phase=Phase.LOADING), rows_of(phase=Phase.LOADING)
    fleet.join("eu", rows_of("a"))
    fleet.join("us", late)
    fleet.join("down", failing)
    assert fleet.coming == 2
    for live, state in ((late, LiveState(Phase.LIVE)), (failing, LiveState(error=Refused("it refuses")))):
        live.set_state(state)
        live.publish()
    assert not fleet.coming

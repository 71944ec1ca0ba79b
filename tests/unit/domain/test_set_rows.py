import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.live import Changes, LiveRows, LiveState, Phase
from kubegenie_tui.domain.namespace_set import names_of, resolve_scope
from kubegenie_tui.domain.row import Column, Row
from kubegenie_tui.domain.set_rows import SetRows

COLUMNS = (Column("STATUS"),)


def live(*places: str, phase: Phase = Phase.LIVE) -> LiveRows:
    rows = LiveRows(COLUMNS)
    for each in places:
        put(rows, each)
    rows.set_state(LiveState(phase, 1.0))
    rows.publish()
    return rows


def phase_of(rows: LiveRows) -> Phase:
    return rows.state.phase


def put(rows: LiveRows, place: str) -> None:
    namespace, _, name = place.partition("/")
    rows.put(Row(place, namespace, name, 0, "1", ("Running",)))


def test_rows_of_each_namespace_are_together_and_change() -> None:
    shop, pay = live("shop/a"), live("pay/b")
    rows = SetRows([shop, pay], ("shop", "pay"))
    heard: list[Changes] = []
    rows.subscribe(heard.append)
    assert set(rows.rows) == {"shop/a", "pay/b"}
    put(pay, "pay/c")
    pay.remove("pay/b")
    pay.publish()
    assert set(rows.rows) == {"shop/a", "pay/c"}
    assert heard[-1].removed == {"pay/b"}
    rows.close()
    put(shop, "shop/z")
    shop.publish()
    assert "shop/z" not in rows.rows


def test_of_all_namespaces_only_those_that_are_wanted() -> None:
    everything = live("shop/a", "pay/b", "kube-system/c")
    rows = SetRows([everything], ("shop", "pay"))
    put(everything, "other/d")
    put(everything, "pay/e")
    everything.publish()
    assert set(rows.rows) == {"shop/a", "pay/b", "pay/e"}


def test_they_are_live_as_soon_as_those_of_one_namespace_are() -> None:
    first, second = live(phase=Phase.LOADING), live(phase=Phase.LOADING)
    rows = SetRows([first, second], ("a", "b"))
    assert phase_of(rows) is Phase.LOADING
    second.set_state(LiveState(Phase.LIVE, 2.0))
    second.publish()
    assert phase_of(rows) is Phase.LIVE


def test_scopes() -> None:
    saved = {"web": "shop,payments"}.get
    assert resolve_scope("", saved) == ""
    assert resolve_scope("shop", saved) == "shop"
    assert resolve_scope("shop, payments,shop", saved) == "shop,payments"
    assert resolve_scope("+web", saved) == "shop,payments"
    assert names_of("a,,b") == ("a", "b")
    with pytest.raises(UsageError, match='named "none"'):
        resolve_scope("+none", saved)

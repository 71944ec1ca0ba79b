from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.tabs import KeptTab, KeptTabs, Shown, fit_titles

PODS = Shown(("prod-eu",), Place("pods", "shop"))
DEPLOYMENTS = Shown(("staging",), Place("deployments.apps"), history="{}")
FLEET = Shown(("prod-eu", "staging", "rack-7"), Place("pods"), fleet=True)


def words(titles: list[str], active: int, room: int) -> list[str]:
    return [label.words for label in fit_titles(titles, active, room)]


def test_titles_say_cluster_kind_and_scope() -> None:
    assert PODS.title == "prod-eu pods shop"
    assert DEPLOYMENTS.title == "staging deployments"
    assert FLEET.title == "3 clusters pods"
    assert KeptTab(PODS, DEPLOYMENTS).title == "prod-eu pods shop ◫"
    assert KeptTab(PODS, DEPLOYMENTS, in_second=True).title == "staging deployments ◫"


def test_tabs_survive_as_text_and_what_cannot_be_read_is_no_tab() -> None:
    tabs = KeptTabs((KeptTab(PODS, DEPLOYMENTS, in_second=True), KeptTab(FLEET)), active=1)
    assert KeptTabs.read(tabs.text()) == tabs
    assert KeptTabs.read("") == KeptTabs.read('{"tabs": 3}') == KeptTabs.read("no JSON") == KeptTabs()


def test_tabs_that_an_earlier_version_kept_still_open() -> None:
    text = (
        '{"tabs":[{"first":{"clusters":["prod-eu"],"place":{"kind":"pods","namespace":"shop"},"fleet":false,'
        '"history":""},"second":{"clusters":["staging"],"place":{"kind":"deployments.apps"},"fleet":false,'
        '"history":"{}"},"in_second":true},{"first":{"clusters":["prod-eu","staging","rack-7"],'
        '"place":{"kind":"pods"},"fleet":true,"history":""},"second":null,"in_second":false}],"active":1}'
    )
    assert KeptTabs.read(text) == KeptTabs((KeptTab(PODS, DEPLOYMENTS, in_second=True), KeptTab(FLEET)), active=1)


def test_either_half_may_be_over_several_clusters() -> None:
    tab = KeptTab(FLEET, Shown(("staging",), Place("services"), fleet=True))
    assert KeptTabs.read(KeptTabs((tab,)).text()).tabs == (tab,)
    assert tab.title == "3 clusters pods ◫"
    left = KeptTab(PODS, FLEET).among({"prod-eu", "rack-7"})
    assert left is not None
    assert left.second is not None
    assert left.second.clusters == ("prod-eu", "rack-7")
    assert tab.among({"prod-eu"}) == KeptTab(Shown(("prod-eu",), Place("pods"), fleet=True))


def test_the_table_of_one_cluster_alone_is_not_worth_keeping() -> None:
    assert not KeptTabs((KeptTab(PODS),)).worth_keeping
    assert KeptTabs((KeptTab(PODS, PODS),)).worth_keeping
    assert KeptTabs((KeptTab(FLEET),)).worth_keeping
    assert KeptTabs((KeptTab(PODS), KeptTab(FLEET))).worth_keeping


def test_clusters_that_are_no_more_leave_what_is_left() -> None:
    assert KeptTab(PODS).among({"staging"}) is None
    assert KeptTab(PODS, DEPLOYMENTS, in_second=True).among({"staging"}) == KeptTab(DEPLOYMENTS)
    assert KeptTab(PODS, DEPLOYMENTS).among({"prod-eu"}) == KeptTab(PODS)
    left = KeptTab(FLEET).among({"prod-eu", "rack-7"})
    assert left is not None
    assert left.first.clusters == ("prod-eu", "rack-7")
    assert KeptTab(PODS, DEPLOYMENTS).missing({"prod-eu"}) == ["staging"]


def test_titles_that_fit_stand_as_they_are() -> None:
    labels = fit_titles(["prod-eu pods shop", "staging nodes"], 1, 78)
    assert [label.words for label in labels] == ["1 prod-eu pods shop", "2 staging nodes"]
    assert [(label.start, label.end) for label in labels] == [(0, 21), (21, 38)]


def test_a_cluster_that_all_have_in_common_goes_first() -> None:
    assert words(["prod-eu pods shop"] * 5, 0, 78) == [f"{number} pods shop" for number in range(1, 6)]


def test_the_active_title_stays_whole_while_others_are_cut() -> None:
    shown = words(["prod-eu pods shop", "prod-eu deployments", "staging services", "prod-eu nodes"], 1, 78)
    assert shown[1] == "2 prod-eu deployments"
    assert "…" in shown[0]
    assert shown[3] == "4 prod-eu nodes"


def test_too_many_leave_those_around_the_active_one() -> None:
    titles = [f"cluster-{number} pods" for number in range(30)]
    for active in range(30):
        labels = fit_titles(titles, active, 78)
        assert active in [label.number for label in labels]
        assert labels[-1].end + 2 <= 78


@given(
    st.lists(st.text("abc- ", min_size=1, max_size=40), min_size=1, max_size=40),
    st.integers(0, 39),
    st.integers(24, 200),
)
def test_titles_never_leave_the_line_and_the_active_one_is_always_there(
    titles: list[str], active: int, room: int
) -> None:
    active %= len(titles)
    labels = fit_titles(titles, active, room)
    assert active in [label.number for label in labels]
    assert labels[-1].end + 2 * (labels[-1].number < len(titles) - 1) <= room
    assert all(one.end == other.start for one, other in pairwise(labels))

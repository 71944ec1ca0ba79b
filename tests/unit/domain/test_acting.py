import pytest

from kubegenie_tui.domain.acting import ActingAs, acting_as, name_as, own_name
from kubegenie_tui.domain.cluster import is_meant
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.start import StartOptions


@pytest.mark.parametrize(
    "acting",
    [
        ActingAs("prod-eu", "alice"),
        ActingAs("prod-eu", "alice", ("dev",)),
        ActingAs("arn:aws:eks:eu-west-1:1:cluster/a b", "system:serviceaccount:shop:web", ("system:masters", "dev")),
        ActingAs("sold as seen", "alice@example.com"),
    ],
)
def test_a_name_says_all_of_it(acting: ActingAs) -> None:
    assert acting_as(acting.name) == acting
    assert own_name(acting.name) == acting.cluster


@pytest.mark.parametrize("name", ["prod-eu", "", "as alice", "gas alice", "prod-eu as ", "prod-eu as alice ()"])
def test_other_names_are_just_names(name: str) -> None:
    assert acting_as(name) is None
    assert own_name(name) == name


def test_one_acts_as_another_in_place_of_the_last() -> None:
    assert name_as("prod-eu as alice", "bob", ("dev", "ops")) == "prod-eu as bob (dev, ops)"
    assert name_as("prod-eu as alice", "") == "prod-eu"


@pytest.mark.parametrize(
    ("user", "groups"), [("", ("dev",)), ("a b", ()), ("a\r\nX-Evil: 1", ()), ("alice", ("d,e",)), ("alice", ("(d)",))]
)
def test_nobody_has_such_a_name(user: str, groups: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        name_as("prod-eu", user, groups)


@pytest.mark.parametrize("pattern", ["prod-eu", "prod-*", "*-eu"])
def test_what_holds_for_a_cluster_holds_whoever_acts_there(pattern: str) -> None:
    assert is_meant("prod-eu as alice (dev)", pattern)
    assert not is_meant("test-us as prod-eux", pattern)


def test_what_was_asked_for_before_the_start() -> None:
    assert StartOptions(user="alice").cluster("prod-eu") == "prod-eu as alice"
    assert StartOptions("prod-us", user="alice", groups=("dev",)).cluster("prod-eu") == "prod-us as alice (dev)"
    assert StartOptions("prod-us").cluster("prod-eu") == "prod-us"
    assert StartOptions(user="alice").is_specific

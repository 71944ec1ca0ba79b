import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.label_query import equalities, parse_labels

LABELS = {"app": "web", "tier": "front", "example.com/team": "shop"}


@pytest.mark.parametrize(
    "text",
    [
        "", "app=web", "app==web", "app = web", "app!=api", "gone!=x", "app=web,tier=front", "app in (web, api)",
        "app in (web,api),tier notin (back)", "gone notin (x)", "app", "!gone", "example.com/team=shop",
    ],
)  # fmt: skip
def test_labels_are_selected(text: str) -> None:
    assert parse_labels(text)(LABELS)


@pytest.mark.parametrize(
    "text",
    ["app=api", "gone=x", "app!=web", "app in (api)", "app notin (web,api)", "gone", "!app", "app=web,tier=back"],
)
def test_labels_are_left_out(text: str) -> None:
    assert not parse_labels(text)(LABELS)


@pytest.mark.parametrize("text", ["app>3", "app in web", "in (a)", "app=web tier=front", "app=web,=x"])
def test_what_is_no_selector_is_said_with_what_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"no part of a label selector.*key in \(a, b\)"):
        parse_labels(text)


def test_equalities_are_what_the_filter_of_tables_knows() -> None:
    assert equalities("app = web, tier!=back, env in (a, b), !gone") == ["app=web", "tier!=back"]

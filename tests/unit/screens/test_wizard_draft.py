"""What stands in a pool that is added to others."""

import pytest

from kubegenie_tui.providers.aws.eks_spec import EksSpec
from kubegenie_tui.provision.pages import pages_of
from kubegenie_tui.screens.wizard_draft import new_one


@pytest.mark.parametrize(
    ("names", "name"),
    [((), "default"), (("web",), "default"), (("default",), "default2"), (("default", "default2"), "default3")],
)
def test_it_has_a_name_of_its_own(names: tuple[str, ...], name: str) -> None:
    page = next(each for each in pages_of(EksSpec) if each.many)
    made = new_one(page, [{"name": each} for each in names])
    assert (made["name"], made["size"]) == (name, "m6i.large")

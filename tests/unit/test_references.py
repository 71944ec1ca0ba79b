"""The reference pages about the genie are what the code says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kubegenie_tui.diagnostics.rules import reference as rules_reference
from kubegenie_tui.genie.tools.reference import reference as tools_reference

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(("page", "reference"), [("rules.md", rules_reference), ("tools.md", tools_reference)])
def test_the_page_is_what_the_code_says(page: str, reference: Callable[[], str]) -> None:
    assert (PAGES / page).read_text(encoding="utf-8") == reference(), "run the command that the page names"

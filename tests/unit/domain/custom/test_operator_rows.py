"""Operators, and the kinds that nobody looks after, in words."""

from kubegenie_tui.domain.custom.operator_rows import kinds_in_words
from kubegenie_tui.domain.kind import Kind


def test_few_kinds_are_told_by_name_and_many_by_group() -> None:
    kinds = [Kind(f"{group}.io", "v1", f"{name}s", name.title()) for group in "abc" for name in ("one", "two")]
    assert kinds_in_words(kinds[:2], 2) == "ones.a.io, twos.a.io"
    assert kinds_in_words(kinds, 2) == "6 kinds, of a.io, b.io and 1 more"

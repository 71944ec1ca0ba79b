"""A kind in a few lines, and its fields as table rows: for the screen, and for the command line."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubegenie_tui.domain.custom.facts import DefinitionFacts
from kubegenie_tui.domain.custom.fields import Field
from kubegenie_tui.domain.custom.instances import Instances
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.row import Column, Row

FIELDS = Kind("", "v1", "fields", "Field", namespaced=False)
"""Not a kind of the server: what the table of fields calls its rows."""
COLUMNS = (
    Column("FIELD", priority=0, width=20),
    Column("TYPE", priority=0),
    Column("NEEDED", priority=0),
    Column("DEFAULT", priority=1),
    Column("ALLOWED", priority=1, width=16),
)
NOT_SHOWN = frozenset({"NAMESPACE", "NAME", "AGE"})
"""Columns of every table that say nothing of a field."""


class Line(NamedTuple):
    """One thing to know."""

    label: str
    text: str
    health: Health = Health.OK

    @property
    def words(self) -> str:
        """The text, with a glyph before it where something is wrong."""
        return self.text if self.health is Health.OK else f"{self.health.glyph} {self.text}"


def kind_lines(kind: Kind, facts: DefinitionFacts | None, instances: Instances | None) -> Iterator[Line]:
    """What a person should know of a kind; what is wrong with its definition comes last."""
    scope = "in namespaces" if kind.namespaced else "for the whole cluster"
    called = "".join(f" · {name}" for name in kind.short_names)
    yield Line("kind", f"{kind.kind} {kind.api_version} · {kind.id}{called} · {scope}")
    if facts is not None:
        yield Line("versions", " · ".join(version.words for version in facts.versions))
        yield Line("stored", ", ".join(facts.stored) or "not told", Health.BAD if facts.left_over else Health.OK)
        conditions = " · ".join(f"{each.health.glyph} {each.type} {each.status}" for each in facts.conditions)
        worst = max((each.health for each in facts.conditions), default=Health.OK)
        yield Line("conditions", conditions or "none", worst)
        shown = next((version for version in facts.versions if version.name == kind.version), None)
        if shown is not None and shown.columns:
            yield Line("columns", ", ".join(each.name for each in shown.columns))
    if instances is not None:
        yield Line("objects", instances.words)
    if facts is not None:
        worst = Health.BAD if facts.bad_conditions or facts.left_over else Health.WARN
        yield from (Line("", fault, worst) for fault in facts.faults())


def field_rows(fields: Iterable[Field], unfolded: frozenset[str] | None, *, by_path: bool = False) -> list[Row]:
    """Fields as rows of COLUMNS, in their order.

    Args:
        fields: those in view.
        unfolded: paths that are; None when all are.
        by_path: call each by its path and not by its place in the tree, for those above it may be out of view.
    """
    rows = []
    for number, field in enumerate(fields):
        sign = " " if not field.below else "▾" if unfolded is None or field.path in unfolded else "▸"
        allowed = ", ".join((*field.choices, *field.bounds)) or None
        name = f"  {field.path}" if by_path else f"{'  ' * field.depth}{sign} {field.name}"
        cells = (name, field.type, "required" if field.required else None, field.default or None, allowed)
        rows.append(Row(field.path, "", f"{number:06d}", 0, f"{number} {name}", cells))
    return rows

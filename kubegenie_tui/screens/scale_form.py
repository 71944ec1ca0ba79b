"""What a pool of nodes shall have: a number of nodes, or bounds where its provider can set them."""

from collections.abc import Mapping

from kubegenie_tui.domain.creation import Change
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.domain.form import ChoiceField, Field, NumberField, Value
from kubegenie_tui.domain.pool_scaling import scale_change
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.form import FormScreen

_BOUNDS = (
    NumberField("least", "Least", None, "or between which numbers the pool scales itself", required=False),
    NumberField("most", "Most", None, required=False),
)


class ScaleForm(FormScreen):
    """Says at its field what does not go together."""

    def __init__(self, name: str, pools: tuple[str, ...], asked: Mapping[str, str], *, bounds: bool) -> None:
        """For a cluster.

        Args:
            name: the cluster.
            pools: those that it has.
            asked: how many nodes each was asked for last, in words.
            bounds: whether bounds can be set.
        """
        known = ", ".join(f"{pool} {plain(words)}" for pool, words in asked.items())
        last = f"asked for last: {known}" if known else ""
        count = NumberField("count", "Nodes", None, "how many there shall be", required=not bounds)
        fields: tuple[Field, ...] = (ChoiceField("pool", "Pool", pools, hint=last), count)
        super().__init__(f"Scale {plain(name)}", (*fields, *_BOUNDS) if bounds else fields)

    def values(self) -> dict[str, Value] | None:
        """As in any form."""
        values = super().values()
        try:
            if values is not None:
                change_in(values)
            return values
        except SpecRefused as error:
            row = next(row for row in self.asked if row.field.id == error.field)
            row.refuse(str(error))
            row.entry.focus()
            return None


def change_in(values: dict[str, Value]) -> Change:
    """What the values of that form ask for.

    Raises:
        SpecRefused: they do not go together.
    """
    count, least, most = (_number(values, field) for field in ("count", "least", "most"))
    return scale_change(str(values["pool"]), count, least, most)


def _number(values: dict[str, Value], field: str) -> int | None:
    given = values.get(field)
    return None if given is None else int(given)

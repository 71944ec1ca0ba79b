"""Rows that selectors choose: labels are looked at here, fields by the server, which alone knows those of a kind."""

import msgspec

from kubegenie_tui.domain.errors import Invalid, UsageError
from kubegenie_tui.domain.label_query import equalities, parse_labels
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.rows import RowSet
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.kube.pace import paced


class Selected(msgspec.Struct, frozen=True):
    """What rows are chosen by, before any filter."""

    labels: str = ""
    """As kubectl's `-l` takes it."""
    fields: str = ""
    """As kubectl's `--field-selector` takes it: `spec.nodeName=node-1,status.phase!=Running`."""

    def __bool__(self) -> bool:
        return bool(self.labels or self.fields)

    @property
    def said(self) -> tuple[str, str]:
        """Both as they were said."""
        return self.labels, self.fields

    @property
    def words(self) -> str:
        """`with labels app=web with fields status.phase=Failed`."""
        told = (("labels", self.labels), ("fields", self.fields))
        return " ".join(f"with {name} `{value}`" for name, value in told if value)

    def shown_by(self, filter_text: str) -> str:
        """The filter with which a table shows the same, as far as its language goes."""
        return " ".join([*([filter_text] if filter_text else []), *equalities(self.labels)])


EVERYTHING = Selected()


async def choose(scope: Scope, found: RowSet, selected: Selected) -> tuple[dict[str, Row], list[str]]:
    """The rows that are chosen, and what has to be known about them.

    Raises:
        UsageError: a selector that cannot be understood, or fields that the server does not select this kind by.
        ClusterError: the server does not tell.
    """
    rows, notes = found.rows, list[str]()
    if selected.labels:
        holds = parse_labels(selected.labels)
        rows = {uid: row for uid, row in rows.items() if holds(row.labels)}
    if selected.fields:
        uids = await _uids(scope, found, selected.fields)
        if late := len(uids - found.rows.keys()):
            notes.append(f"the server has {late} more that have just come: look again")
        rows = {uid: row for uid, row in rows.items() if uid in uids}
    return rows, notes


async def _uids(scope: Scope, found: RowSet, fields: str) -> set[str]:
    """The identities of what the server selects."""
    text = ",".join(part.strip() for part in fields.split(","))
    try:
        answer = await listed(scope.reader, found.kind, found.namespace, field_selector=text, metadata_only=True)
    except Invalid as error:
        what = f'The server does not select {found.kind.plural} by the fields "{fields}"'
        hint = "use `filter` with a column instead; metadata.name and metadata.namespace work for every kind"
        raise UsageError(what, error.why, hint) from error
    uids = set[str]()
    async for _ in paced(range(len(answer.items))):
        uids.add(str(answer.items.pop().get("metadata", {}).get("uid")))  # to let go of all at once takes long too
    return uids

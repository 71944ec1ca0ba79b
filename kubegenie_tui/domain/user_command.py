"""Commands of a person's own: what they are started with for a row. Values become words or variables, never code."""

import re
import shlex
from collections.abc import Collection, Mapping

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.row import Row

_PLACE = re.compile(r"\$(?:\$|\{(?P<braced>[A-Z][A-Z0-9_-]*)\}|(?P<plain>COL-[A-Z0-9_-]+|[A-Z][A-Z0-9_]*))")
_COLUMN = "COL-"


class UserCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command of the settings file."""

    command: str | tuple[str, ...]
    """The program and its words. One text is cut into words as a shell would, unless `shell` is set."""
    description: str = ""
    key: str = ""
    """Keys that start it, separated by commas; without any it is typed after `:` or found in the palette."""
    scopes: tuple[str, ...] = ()
    """Kinds it is for, by any name kubectl takes; none for all."""
    confirm: bool = False
    """Whether it is asked first."""
    background: bool = False
    """Whether the app stays on screen; the first line of the output is told at the end."""
    shell: bool = False
    """Whether `command` is one text that a shell runs, with the values as variables."""
    read_only: bool = False
    """Whether it changes nothing, so that it may run where changes are refused."""

    def fits(self, kind: Kind) -> bool:
        """Whether it is for rows of this kind."""
        return is_among(kind, self.scopes)

    def words(self, values: Mapping[str, str]) -> list[str]:
        """What is started.

        Raises:
            UsageError: a placeholder that has no value.
        """
        if self.shell:
            return ["sh", "-c", self.command if isinstance(self.command, str) else " ".join(self.command)]
        words = shlex.split(self.command) if isinstance(self.command, str) else self.command
        return [_PLACE.sub(lambda match: _value(match, values), word) for word in words]


def is_among(kind: Kind, names: Collection[str]) -> bool:
    """Whether a kind is one of these, by any name kubectl takes; no names at all mean every kind."""
    return not names or bool({name.lower() for name in names} & {*kind.names(), kind.kind.lower()})


def values_of(row: Row, kind: Kind, cells: Mapping[str, str], around: Mapping[str, str]) -> dict[str, str]:
    """The placeholders and what they stand for.

    Args:
        row: the row.
        kind: its kind.
        cells: what the table shows of it, by title.
        around: what is the same for all rows: CONTEXT, CLUSTER, USER, KUBECONFIG, FILTER.
    """
    own = {"NAME": row.name, "NAMESPACE": row.namespace, "UID": row.uid, "KIND": kind.kind, "RESOURCE": kind.plural}
    of_kind = {"GROUP": kind.group, "VERSION": kind.version}
    columns = {f"{_COLUMN}{title.replace(' ', '-')}": text for title, text in cells.items()}
    return {**around, **columns, **of_kind, **own}


def variables(values: Mapping[str, str]) -> dict[str, str]:
    """The same as environment variables: `COL-READY` is `COL_READY`."""
    return {re.sub(r"\W", "_", name): text for name, text in values.items() if "\0" not in text}


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    name = match["braced"] or match["plain"]
    if not name:
        return "$"
    if name not in values:
        known = ", ".join(sorted(each for each in values if not each.startswith(_COLUMN)))
        raise UsageError(f"${name} stands for nothing here", next_step=f"there are {known}")
    return values[name]

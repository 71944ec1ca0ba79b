"""Kinds that may not be listed, among others that may: told of with what was found, so that nothing reads as none."""

from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.rows import RowSet, live_rows
from kubegenie_tui.genie.reading.scope import Scope


class Refusals:
    """Those of one look-up."""

    def __init__(self) -> None:
        self._errors: dict[str, Forbidden] = {}
        self._looked = 0

    def looked(self) -> None:
        """A kind could be listed."""
        self._looked += 1

    def add(self, kind: Kind, error: Forbidden) -> None:
        """A kind may not be listed."""
        self._errors[kind.id] = error

    async def items(self, scope: Scope, kind: Kind, namespace: str) -> list[Manifest]:
        """All objects of a kind; none where it may not be listed, which is noted, or is not served.

        Raises:
            ClusterError: the cluster does not tell.
        """
        try:
            found = await listed(scope.reader, kind, namespace)
        except Forbidden as error:
            self.add(kind, error)
            return []
        except NotFound:
            return []
        self.looked()
        return list(found.items)

    async def rows(self, scope: Scope, kind: Kind, namespace: str) -> RowSet | None:
        """The rows of a kind; None where they may not be listed, which is noted, or it is not served.

        Raises:
            ClusterError: the cluster does not tell.
        """
        try:
            found = await live_rows(scope.reader, kind, namespace if kind.namespaced else "")
        except Forbidden as error:
            self.add(kind, error)
            return None
        except NotFound:
            return None
        self.looked()
        return found

    def require_some(self) -> None:
        """See that something could be looked at.

        Raises:
            Forbidden: nothing may be listed.
        """
        if self._errors and not self._looked:
            raise next(iter(self._errors.values()))

    @property
    def words(self) -> str:
        """`not looked at, for you may not list them: nodes, secrets`; empty when everything was."""
        return f"not looked at, for you may not list them: {', '.join(sorted(self._errors))}" if self._errors else ""

    @property
    def lines(self) -> list[str]:
        """The same as lines."""
        return [self.words] if self.words else []

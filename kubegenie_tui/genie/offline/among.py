"""A change of those of a kind that are in some state: `delete the failed pods, but not web-1`. They are offered."""

from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.places import take_namespace
from kubegenie_tui.genie.offline.spoken_states import state_of
from kubegenie_tui.genie.offline.states import terms_of, words_of
from kubegenie_tui.genie.offline.words import Said
from kubegenie_tui.genie.reading.listing import Listing, list_rows
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.wishes.resolving import MOST_CHOICES
from kubegenie_tui.genie.wishes.wish import Wish

_PLAIN = frozenset({"delete", "restart", "evict"})
"""Changes of which nothing more has to be said."""


async def offered(scope: Scope, directory: Directory, text: str, wish: Wish) -> Wish:
    """The wish as a question which of those is meant; as it is where it speaks of no state, or of no place there is.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    if wish.outcome not in ("unsupported", "ambiguous") or wish.verb not in _PLAIN or not wish.kind or wish.name:
        return wish
    said = Said(text)
    named = {word for each in said.words() if _is_of_a_thing(word := said.unquoted(each), directory)}
    state, namespace, kind = state_of(said), take_namespace(said, directory), scope.kind(wish.kind)
    if not state:
        return wish
    try:
        found = await list_rows(scope, kind.id, namespace, filter_text=terms_of(state, kind), limit=100)
    except (NotFound, UsageError):
        return wish
    listing: Listing = found.data
    refs = [ObjectRef(kind.id, row.name, row.namespace, directory.cluster) for row in listing.shown]
    refs = [ref for ref in refs if not any(f"{ref.name}-".startswith(f"{name}-") for name in named)]
    if not refs:
        return Wish("unsupported", wish.verb, kind=kind.id, why=f"No {kind.plural} are {words_of(state)} there.")
    why = f"I propose changes of objects that you name. {len(refs)} {kind.plural} are {words_of(state)}."
    return Wish("ambiguous", wish.verb, choices=tuple(refs[:MOST_CHOICES]), kind=kind.id, args=wish.args, why=why)


def _is_of_a_thing(word: str, directory: Directory) -> bool:
    return any(ref.kind != "namespaces" for ref in directory.find(word))

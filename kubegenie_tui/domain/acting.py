"""A cluster as somebody else: another user's rights there, under a name that says so, wherever a cluster is named."""

import re

import msgspec

from kubegenie_tui.domain.errors import UsageError

_NAME = re.compile(r"(?P<cluster>.+) as (?P<user>[^\s()]+)(?: \((?P<groups>[^()]+)\))?")
_WORD = re.compile(r"[^\s(),\x00-\x1f\x7f]+")


class ActingAs(msgspec.Struct, frozen=True):
    """Whom requests to a cluster are made as, by impersonation: our own user has to be allowed that."""

    cluster: str
    """The cluster under its own name."""
    user: str
    groups: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`prod-eu as alice (dev, ops)`."""
        groups = f" ({', '.join(self.groups)})" if self.groups else ""
        return f"{self.cluster} as {self.user}{groups}"


def acting_as(name: str) -> ActingAs | None:
    """What a name made by `ActingAs.name` says; None for the plain name of a cluster."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return ActingAs(found["cluster"], found["user"], tuple(found["groups"].split(", ")) if found["groups"] else ())


def own_name(name: str) -> str:
    """The cluster's own name, whoever is acted as there."""
    acting = acting_as(name)
    return acting.cluster if acting else name


def name_as(cluster: str, user: str, groups: tuple[str, ...] = ()) -> str:
    """The name of a cluster as that user; of the cluster itself when no user is named.

    Raises:
        UsageError: there are groups without a user, or a name that no header can carry.
    """
    if not user and groups:
        raise UsageError("Groups are acted with as a user", next_step="name the user as well: --as USER")
    for word in (user, *groups):
        if word and not _WORD.fullmatch(word):
            raise UsageError(f'"{word}" is no name of a user or group', "it has blanks, brackets or commas in it")
    own = own_name(cluster)
    return ActingAs(own, user, groups).name if user else own

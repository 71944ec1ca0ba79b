"""Tabs: what each of them shows, in a form that outlives a restart, and their titles on one line."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from kubegenie_tui.domain.acting import own_name
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.text import plain, shorten_middle

AROUND = 2
"""Cells of a title besides its words: the mark before it and the blank behind."""
LEAST = 14
"""Cells below which a title is not cut: then not all of them are shown."""
MORE = 2
"""Cells for the sign that there are more tabs on a side."""


class Shown(msgspec.Struct, frozen=True):
    """One table: what it shows and where."""

    clusters: tuple[str, ...]
    place: Place = Place()
    fleet: bool = False
    """Whether it is a table over those clusters; else there is one cluster."""
    history: str = ""
    """The way back, as of `PlaceHistory.text`."""

    @property
    def where(self) -> str:
        """`prod-eu`, `3 clusters`."""
        return self.clusters[0] if len(self.clusters) == 1 else f"{len(self.clusters)} clusters"

    @property
    def title(self) -> str:
        """`prod-eu pods shop`, `3 clusters deployments`."""
        kind = self.place.kind.partition(".")[0]
        return plain(" ".join(filter(None, (self.where, kind, self.place.namespace))))

    def among(self, known: Collection[str]) -> "Shown | None":
        """The same over the clusters that still are; None when none is."""
        left = tuple(cluster for cluster in self.clusters if own_name(cluster) in known)
        return msgspec.structs.replace(self, clusters=left) if left else None


class KeptTab(msgspec.Struct, frozen=True):
    """One tab: one table, or two."""

    first: Shown
    second: Shown | None = None
    """The other half of a split."""
    in_second: bool = False
    """Whether the keys go to the second."""

    @property
    def title(self) -> str:
        """Of the table that has the keys, with a sign for a split."""
        shown = self.second if self.second and self.in_second else self.first
        return f"{shown.title} ◫" if self.second else shown.title

    def among(self, known: Collection[str]) -> "KeptTab | None":
        """The same without the clusters that are no more; None when nothing is left."""
        first, second = self.first.among(known), self.second.among(known) if self.second else None
        if first is None or second is None:
            only = first or second
            return KeptTab(only) if only else None
        return KeptTab(first, second, self.in_second)

    def missing(self, known: Collection[str]) -> list[str]:
        """Its clusters that are no more."""
        clusters = (*self.first.clusters, *(self.second.clusters if self.second else ()))
        return [cluster for cluster in dict.fromkeys(clusters) if own_name(cluster) not in known]


class KeptTabs(msgspec.Struct, frozen=True):
    """All tabs of a session."""

    tabs: tuple[KeptTab, ...] = ()
    active: int = 0

    @property
    def worth_keeping(self) -> bool:
        """Whether there is more than the one table of a cluster that everybody has."""
        return bool(self.tabs) and self.lone is None

    @property
    def lone(self) -> Shown | None:
        """The table of a cluster, when it is all there is."""
        only = self.tabs[0] if len(self.tabs) == 1 else None
        return only.first if only and not (only.second or only.first.fleet) else None

    def text(self) -> str:
        """All of it, to be kept."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> "KeptTabs":
        """What `text` tells; nothing when it is empty or was written by another version."""
        try:
            return msgspec.json.decode(text, type=cls) if text else cls()
        except msgspec.MsgspecError:
            return cls()


class Label(NamedTuple):
    """A title where it stands."""

    number: int
    """Of its tab, from 0."""
    words: str
    start: int
    """Cell of its mark."""
    end: int


def fit_titles(titles: Sequence[str], active: int, room: int) -> list[Label]:
    """The titles on a line of so many cells, numbered from 1.

    When they are too long, a cluster that all have in common goes without saying, then the longest are cut in the
    middle, the active one last; when that is not enough, those around the active one are shown.
    """
    words = _numbered(titles)
    if sum(len(text) + AROUND for text in words) > room:
        words = _numbered(_without_common(titles))
    first, last = _window([len(text) for text in words], active, room)
    more_before, more_behind = first > 0, last < len(words)
    room -= MORE * (more_before + more_behind)
    whole = min(len(words[active]), room // 2) if words else 0
    others = [len(words[index]) for index in range(first, last) if index != active]
    width = _most(others, room - whole - AROUND)
    labels, at = [], MORE * more_before
    for index in range(first, last):
        text = shorten_middle(words[index], whole if index == active else width)
        labels.append(Label(index, text, at, at + len(text) + AROUND))
        at = labels[-1].end
    return labels


def _numbered(titles: Sequence[str]) -> list[str]:
    return [f"{number} {title}" for number, title in enumerate(titles, 1)]


def _without_common(titles: Sequence[str]) -> Sequence[str]:
    split = [title.partition(" ") for title in titles]
    return [rest for _, _, rest in split] if len({first for first, _, _ in split}) == 1 else titles


def _window(lengths: Sequence[int], active: int, room: int) -> tuple[int, int]:
    """Which titles are shown, the first and the one behind the last."""
    count, each = len(lengths), min(LEAST, max(lengths, default=0)) + AROUND
    if count * each <= room or sum(lengths) + count * AROUND <= room:
        return 0, count
    fits = max(1, min(count, (room - 2 * MORE) // each))
    first = max(0, min(active - fits // 2, count - fits))
    return first, first + fits


def _most(lengths: Sequence[int], room: int) -> int:
    """The greatest width to which titles may be cut so that all of them fit."""
    left, width = room - AROUND * len(lengths), 0
    todo = sorted(lengths)
    while todo:
        width = max(1, left // len(todo))
        if todo[0] > width:
            return width
        left -= todo.pop(0)
    return max(lengths, default=0)

"""Regions and zones by their names: `europe-west1`, and `europe-west1-b` in it."""

import re

_ZONE = re.compile(r"-[a-z]$")


def is_zone(place: str) -> bool:
    """Whether it is one zone of a region."""
    return bool(_ZONE.search(place))


def region_of(place: str) -> str:
    """The region that it is, or is in."""
    return _ZONE.sub("", place)

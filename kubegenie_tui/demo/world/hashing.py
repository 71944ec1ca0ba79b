"""Chance that is no chance: numbers drawn from texts, the same in every process."""

import zlib


def hash_of(text: str) -> int:
    """A number of the text's own."""
    return zlib.crc32(text.encode()) * 2654435761

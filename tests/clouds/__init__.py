"""Clouds on loopback: servers that remember what was made, take their time over it, and fail when told to."""

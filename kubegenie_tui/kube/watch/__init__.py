"""Rows kept equal to what the server has: list, watch, and what to do about every way in which either ends."""

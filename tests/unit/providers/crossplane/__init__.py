"""Compositions of clusters, ours and those of one's own, without any server."""

"""Clusters that a team lists in a file of its own."""

"""Clusters are made here: step by step, each on record before and after, so that a crash loses nothing.

A provider knows the steps; this room knows when one is due, tried again, given up, or undone. The work is done by a
process of its own, which outlives the app; the store is all that the two share.
"""

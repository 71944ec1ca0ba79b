"""The places a person can be in: one file and one stylesheet each, so that a place can be found by its name."""

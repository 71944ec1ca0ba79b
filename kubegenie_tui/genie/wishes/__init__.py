"""Wishes: from a sentence that asks for a change to what is to be changed, or to why nothing is proposed."""

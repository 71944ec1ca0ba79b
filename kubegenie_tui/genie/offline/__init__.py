"""Answers without a model: a grammar over live kinds, namespaces and names, and the words to tell what was found."""

"""The only door to the Model Context Protocol: our tools for other programs, and other programs' tools for us."""

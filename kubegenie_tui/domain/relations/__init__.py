"""How objects hang together: who owns, selects, uses and routes to whom, read from manifests alone."""

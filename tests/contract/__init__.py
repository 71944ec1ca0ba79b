"""One suite, two servers: what the demo answers is what a real API server answers."""

"""The Kubernetes API over HTTP: one file a concern, each a translation between requests and the state."""

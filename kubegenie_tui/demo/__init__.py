"""A simulated Kubernetes API server and a scripted model on loopback, for trying and for testing KubeGenie."""

"""A simulated Kubernetes API server and a scripted model on loopback: to try KubeGenie without a cluster, and to
test it.
"""

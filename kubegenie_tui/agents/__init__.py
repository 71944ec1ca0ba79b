"""What lives as long as the app: one agent a cluster, each with a lifecycle and a supervisor, so that a broken
cluster never slows another.
"""

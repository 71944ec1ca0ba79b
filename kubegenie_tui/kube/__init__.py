"""The only door to an API server: everything that Kubernetes sends or wants is translated here.

`client` asks; `http` connects, `auth` says who we are, `kubeconfig` where. `watch` keeps rows true, `rows` makes them.
"""

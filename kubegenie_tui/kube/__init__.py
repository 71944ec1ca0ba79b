"""The only door to an API server: everything that Kubernetes sends or wants is translated here."""

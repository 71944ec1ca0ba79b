"""Clusters of Azure Kubernetes Service: listed, registered, made and changed by Azure's own libraries.

Always imported as `kubegenie_tui.providers.azure`: the library of the same name is `azure`.
"""

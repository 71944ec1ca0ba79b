"""What a person may wish to do with live objects, each turned into a `Plan` for the gate. Nothing here writes.

One module a family. A builder is a pure function of manifests and a wish; where more must be known (the revisions of a
rollout, the pods of a node), it is read first. `catalogue.OPERATIONS` names them all for keys, menu and command lines.
"""

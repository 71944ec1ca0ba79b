"""The one gate for every write: plan, preview, approval, apply, verify, undo; and the record of it all.

Whoever wants a change, a key, the chat, the command line or an agent, builds a `domain.plan.Plan`. Only here does a
person's yes become an `Approval`, and nothing in `kube` writes without one.
"""

"""Who may do what: RBAC computed from roles and bindings, so that it can also tell where a permission comes from."""

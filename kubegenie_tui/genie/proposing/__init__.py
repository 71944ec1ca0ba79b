"""Changes that the genie proposes: from a wish to a plan that the gate has looked at. A person decides."""

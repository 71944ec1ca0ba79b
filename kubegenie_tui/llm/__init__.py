"""The only door to a model, so that no other room depends on a vendor's library."""

"""What lives as long as the app: agents with a lifecycle, so that one broken cluster never slows another."""

"""The only door to SQLite: what must survive a restart lives here."""

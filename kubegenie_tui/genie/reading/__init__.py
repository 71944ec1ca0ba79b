"""Looking things up: every read of a cluster that an answer rests on, bounded, counted by code, free of secrets."""

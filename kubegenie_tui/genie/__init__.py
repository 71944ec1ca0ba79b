"""The chat agent: it answers from typed read tools, with any model or none, and yields domain events."""

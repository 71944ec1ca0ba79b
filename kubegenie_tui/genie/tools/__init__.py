"""The tools a model may use: typed, read-only, their schemas made from pydantic models that are imported when needed."""

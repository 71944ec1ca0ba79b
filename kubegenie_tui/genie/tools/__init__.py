"""The tools a model may use: typed, read-only, with schemas made of models that are imported when needed."""

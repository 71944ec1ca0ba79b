"""The tools a model may use: typed, changing nothing, with schemas made of models that are imported when needed."""

"""What must not reach a model, a log or a disk: masked where objects are read, and in all text on its way out."""

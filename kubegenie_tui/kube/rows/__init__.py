"""From the bytes of a list or a watch to live rows, in slices short enough for the event loop."""

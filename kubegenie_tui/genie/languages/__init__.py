"""Other languages than English: a table each, by which a sentence is an order in English, or is none at all."""

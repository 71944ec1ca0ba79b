"""What a model is told: results cut and kept whole, the past summed up, all of it within the model's window."""

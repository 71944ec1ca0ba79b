"""What happens in the demo clusters: who runs what since when, and what is wrong with it."""

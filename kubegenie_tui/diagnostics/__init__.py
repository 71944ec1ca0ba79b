"""What is wrong: one pure function a symptom over objects as they are, each finding with its evidence and its root."""

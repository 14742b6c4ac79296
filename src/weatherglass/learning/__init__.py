"""Learning: from what was seen and what followed to models, probabilities and thresholds. No store."""

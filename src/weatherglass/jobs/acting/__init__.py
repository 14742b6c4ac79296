"""What follows from scores: alerts, plays, audiences, messages, and whether they helped."""

"""From score to action: alert rules, episodes, messages, formats, channels; plays and tasks; what they did."""

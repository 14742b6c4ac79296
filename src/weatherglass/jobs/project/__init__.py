"""Changes of a project's file: scorecards, segments, rules, and what they would do."""

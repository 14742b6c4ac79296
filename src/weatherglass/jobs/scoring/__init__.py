"""From roll-ups to the history of scores: grids, blocks, days, and what of it is kept."""

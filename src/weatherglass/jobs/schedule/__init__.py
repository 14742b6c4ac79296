"""Jobs by the clock, one after the other, each in the ledger."""

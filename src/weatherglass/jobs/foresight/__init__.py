"""What became of accounts: backtests, lines, models, forecasts, and whether they still hold."""

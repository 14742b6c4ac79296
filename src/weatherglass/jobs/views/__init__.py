"""What people ask of scores: lists, accounts, portfolios, reasons, reports, exports."""

"""The roster's way in from spreadsheets: read, mapped, tried, applied in one transaction, taken back for a day."""

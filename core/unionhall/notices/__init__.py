"""Telling people: inbox, mail, text messages and official accounts."""

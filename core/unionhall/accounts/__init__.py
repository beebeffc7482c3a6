"""Accounts: who can log in, with which rights, from which sessions."""

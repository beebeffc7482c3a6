"""Backup and restore: a site in one file, made while it runs, checked before anything of it is believed.

An archive is a plain tar: a member for each table (`tables/<name>.jsonl.gz`), the uploaded files, the template overrides,
`manifest.json`, then `SHA256SUMS` with the checksum of every member before it and `SEAL` with the checksum of that.
"""

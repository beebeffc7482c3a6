"""Compiled templates, kept for every application of a test process: each is compiled once, not once per application."""

from __future__ import annotations

from jinja2.bccache import Bucket, BytecodeCache


class Kept(BytecodeCache):
    """Keeps them in memory; a template whose text has changed is compiled again (Jinja compares checksums)."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, if its template is known."""
        if known := self._known.get(bucket.key):
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._known[bucket.key] = bucket.bytecode_to_string()

"""What an archive says of itself; read strictly, because anybody may have written it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unionhall.backup.archive import MANIFEST, BackupRefused

FORMAT = 1
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,63}$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,64}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, lt=2**53)]
STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)


class TableEntry(BaseModel):
    """One table: whose it is, how many rows, the checksum of their lines, its columns in their order, numbers given."""

    model_config = STRICT
    name: Name
    owner: Name
    rows: Count
    sha256: Digest
    columns: list[Name]
    last_ids: dict[Name, Count]


class Manifest(BaseModel):
    """The whole: who made it when from what, where everybody's migrations stood, and what is inside.

    `heads` is {owner: revision}, `rebuilt` names tables that are made anew, `left_out` template files with odd names,
    `settings` what the configuration said (never a secret), `audit` the chain's head at the moment of the snapshot.
    """

    model_config = STRICT
    format: int
    version: Word
    made_at: str
    database: Word
    heads: dict[Name, Word]
    tables: list[TableEntry]
    rebuilt: list[Name]
    files: Count
    file_bytes: Count
    templates: Count
    left_out: list[str]
    with_keys: bool
    settings: dict[str, Any]
    audit: tuple[Count, Digest]

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(table.rows for table in self.tables)

    @property
    def moment(self) -> datetime:
        """Return when the archive was made."""
        return datetime.fromisoformat(self.made_at)

    def owned_by(self, owners: set[str]) -> list[TableEntry]:
        """Return the tables of these owners."""
        return [table for table in self.tables if table.owner in owners]


def write(manifest: Manifest) -> bytes:
    """Return the manifest as JSON that people can read."""
    return manifest.model_dump_json(indent=1).encode() + b"\n"


def read(data: bytes) -> Manifest:
    """Return the manifest. Raises BackupRefused for one of a newer format, or one that says nothing sensible."""
    try:
        found = json.loads(data)
        if isinstance(found, dict) and isinstance(found.get("format"), int) and found["format"] > FORMAT:
            newer = _("这份备份的格式比这个版本新（%(format)s）。请先升级 UnionHall，再恢复。", format=found["format"])
            raise BackupRefused(newer, code="backup-newer")
        manifest = Manifest.model_validate_json(data)
        manifest.moment  # noqa: B018 - read once, to see that it can be
    except (ValueError, RecursionError) as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else ""
        raise BackupRefused(_("备份里的“%(name)s”读不懂：%(where)s", name=MANIFEST, where=where or type(error).__name__)) from error
    if len({table.name for table in manifest.tables}) != len(manifest.tables):
        raise BackupRefused(_("备份里的“%(name)s”读不懂：%(where)s", name=MANIFEST, where="tables"))
    return manifest

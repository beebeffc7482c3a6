"""The two kinds of transfers as the worker does them: bringing in what was uploaded, writing a file to be collected."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, ZipFile

from flask_babel import gettext as _
from sqlalchemy import insert

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import Actor
from unionhall.news.exchange import writing
from unionhall.news.exchange.arriving import Destination
from unionhall.news.exchange.copying import IntoZip
from unionhall.news.exchange.leaving import Leaving
from unionhall.news.exchange.records import Problem, Report
from unionhall.news.transfers import files, sources
from unionhall.news.transfers.models import Transfer, TransferLine
from unionhall.platform import jobs
from unionhall.platform.leases import Held, Interrupted

REST_SECONDS = 0.05
TELL_EVERY = 100


class Step(Protocol):
    """A transfer that is ready to be done."""

    def go(self) -> Done:
        """Do it. Raises Lost, Interrupted, UnionHallError."""


@dataclass(frozen=True)
class Plan:
    """What a transfer's row says, read once."""

    kind: str
    format: str
    trial: bool
    token: str
    org_id: int
    org_path: str
    section_id: int | None
    done: int
    options: dict[str, Any]
    note: str
    actor: Actor
    now: datetime

    @classmethod
    def of(cls, transfer: Transfer, actor: Actor, now: datetime) -> Plan:
        """Return a row's plan."""
        when = clock.local(now).strftime("%Y-%m-%d %H:%M")
        return cls(
            transfer.kind, transfer.format, transfer.trial, transfer.token, transfer.org_id, transfer.org.path, transfer.section_id,
            transfer.done, transfer.options, f"{actor.name} {when} {transfer.purpose}".strip()[:200], actor, now,
        )  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What came of a transfer: `values` for its row, `told` for the audit trail; `note` writes what is left to say."""

    kind: str
    trial: bool
    actor: Actor
    org_id: int
    values: dict[str, Any]
    told: dict[str, int] = field(default_factory=dict)
    note: Callable[[], object] = lambda: None


class Importing:
    """Brings in an upload, its outcome noted with every batch."""

    def __init__(self, held: Held, plan: Plan) -> None:
        self.held, self.plan = held, plan

    def go(self) -> Done:
        """Import, or only try."""
        plan = self.plan
        if plan.section_id is None:
            raise RuleBroken(_("所选的栏目已经删除了。请重新上传，换一个栏目。"))
        to = Destination(plan.org_id, plan.section_id, plan.actor, plan.now, plan.trial)
        with sources.opened(plan.token, plan.format, to, self._keep) as source:
            with db.unit_of_work():
                self.held.change(total=source.total)
            report = source.task.take(source.items, self._between, skip=plan.done)
            problems, ignored = source.late()
        others = {**ignored, **{f"+{kind}": number for kind, number in report.places.items()}}
        values = {"others": others, "done": source.total, "problems": Transfer.problems + len(problems)}
        counts = {name: getattr(report, name) for name in ("created", "updated", "skipped")}
        return Done("import", plan.trial, plan.actor, plan.org_id, values, counts, lambda: self._note(Report(problems=problems)))

    def _keep(self, report: Report, number: int) -> None:
        """Store what came of a batch, in its own unit of work. Raises Lost, and then the batch is not stored either."""
        self._note(report)
        counts = {"created": report.created, "updated": report.updated, "skipped": report.skipped, "problems": len(report.problems)}
        self.held.change(done=Transfer.done + number, **{name: getattr(Transfer, name) + n for name, n in counts.items() if n})

    def _note(self, report: Report) -> None:
        made = [_line(self.held.id, item.what, item.item, article_id=item.article_id) for item in report.made]
        found = [_line(self.held.id, "problem", item.item, item) for item in report.problems]
        if made or found:
            db.session().execute(insert(TransferLine), [*found, *made])

    def _between(self, _done: int) -> None:
        """Let others write for a moment, and leave off when the worker is to stop."""
        if jobs.asked_to_stop():
            raise Interrupted
        time.sleep(REST_SECONDS)


def _line(transfer_id: int, kind: str, item: str, problem: Problem | None = None, article_id: int | None = None) -> dict[str, Any]:
    code, line, message = (problem.code, problem.line, problem.message) if problem else ("", 0, "")
    return {
        "transfer_id": transfer_id, "kind": kind, "article_id": article_id, "line": line, "item": item[:200], "code": code[:40],
        "message": message,
    }  # fmt: skip


class Exporting:
    """Writes a file, with the pictures in a zip file if they are wanted; begun again, it is written again."""

    def __init__(self, held: Held, plan: Plan) -> None:
        self.held, self.plan = held, plan

    def go(self) -> Done:
        """Export."""
        plan, place = self.plan, files.folder(self.plan.token)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted, name = _Wanted(), f"articles{writing.ENDINGS[plan.format]}"
        form: writing.Format = "wxr" if plan.format == "wxr" else "jsonl"
        part = place / f"writing-{self.held.lease}"
        with part.open("wb") as out:
            number = writing.write(out, form, self._leaving(), wanted, now=plan.now, progress=self._tell)
        missing = self._pack(part, name, list(wanted.files)) if plan.options.get("media") else 0
        part.replace(place / files.RESULT)
        values = {"done": number, "total": number, "bytes": (place / files.RESULT).stat().st_size}
        others = {"pictures": len(wanted.files) - missing, "missing": missing} if plan.options.get("media") else {}
        return Done("export", False, plan.actor, plan.org_id, values | {"others": others}, {"articles": number})

    def _leaving(self) -> Leaving:
        asked = self.plan.options
        since, until = (datetime.fromisoformat(asked[name]) if asked.get(name) else None for name in ("since", "until"))
        states, section = tuple(asked.get("states", ())), asked.get("section_id")
        return Leaving(self.plan.actor, self.plan.org_path, section, since, until, states, self.plan.note)

    def _pack(self, part: Path, name: str, pictures: list[str]) -> int:
        """Put the articles and their pictures into one zip file in their place; returns how many pictures are gone."""
        packing = part.with_name(f"packing-{self.held.lease}")
        with ZipFile(packing, "w", ZIP_DEFLATED) as archive:
            archive.write(part, name)
            copies = IntoZip(archive)
            for at in range(0, len(pictures), TELL_EVERY):
                copies.take(pictures[at : at + TELL_EVERY])
                self._still_mine()
        packing.replace(part)
        return copies.missing

    def _tell(self, done: int, total: int) -> None:
        if done % TELL_EVERY == 0:
            self._still_mine(done=done, total=total)

    def _still_mine(self, **values: int) -> None:
        """Note how far it is. Raises Lost, Interrupted."""
        with db.unit_of_work():
            self.held.change(lease=self.held.lease, **values)
        if jobs.asked_to_stop():
            raise Interrupted


class _Wanted:
    """Remembers which pictures are shown, to be packed after the articles."""

    def __init__(self) -> None:
        self.files: dict[str, None] = {}

    def take(self, names: Any) -> None:
        """Remember these."""
        self.files.update(dict.fromkeys(names))

"""The rows of one article that is brought back: revisions, the way it took, its sources, as a line has them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from unionhall.base import db
from unionhall.base.text import tidy
from unionhall.media import addresses
from unionhall.media.services import Details
from unionhall.news import content as contents
from unionhall.news import rights
from unionhall.news.content import PLAIN, BylineLine, Content
from unionhall.news.exchange import documents, here, jsonl
from unionhall.news.exchange import pictures as images
from unionhall.news.exchange.jsonl_writing import PREFIX
from unionhall.news.exchange.pictures import Note, Pictures, Told
from unionhall.news.exchange.places import Places
from unionhall.news.models import LIVE, Article, Imported, ImportFlag, Revision, State, Transition
from unionhall.orgs.models import Org
from unionhall.platform import access

AS_THEY_WERE = ("round", "step", "submitted_at", "publish_at", "expires_at", "corrected_at", "withdrawn_at", "pinned_until")


class Restored:
    """Writes what belongs to an article, in the unit of work that is open."""

    def __init__(self, line: jsonl.ArticleLine, org: Org, places: Places, pictures: Pictures, note: Note) -> None:
        self.line, self.org, self.places, self.pictures, self.note = line, org, places, pictures, note
        self._told = {f"/media/{file}": _told(said) for file, said in line.pictures.items()}
        self._documents = {f"/media/{file}": _told(said) for file, said in line.documents.items()}
        self._left_out: set[tuple[str, str]] = set()

    def revisions(self, article: Article, after: int = 0) -> list[Revision]:
        """Add the revisions with numbers above `after`. Raises RuleBroken for content that cannot stand."""
        made = []
        for item in sorted(self.line.revisions, key=lambda item: item.number):
            if item.number <= after:
                continue
            by = self.places.account_of(item.by)
            revision = Revision(article_id=article.id, number=item.number, at=item.at, account_id=by, note=tidy(item.note))
            contents.write(revision, contents.tidied(self._content(item)))
            made.append(revision)
        db.session().add_all(made)
        db.session().flush()
        self._say_what_is_missing()
        return made

    def stand(self, article: Article, numbers: dict[int, int], now: datetime) -> None:
        """Put the article where the line says it stands; `numbers` are {number of a revision: its id}."""
        line = self.line
        for name in AS_THEY_WERE:
            setattr(article, name, getattr(line, name))
        article.author_id = self.places.account_of(line.author) or article.author_id
        article.correction, article.withdrawal = tidy(line.correction, one_line=False), tidy(line.withdrawal, one_line=False)
        article.published_at = min(line.published_at, now) if line.published_at else None
        article.lead_at = line.lead_at if line.state in LIVE and access.can(self.places.actor, rights.SIGN_OFF, access.SITE) else None
        article.head_id, article.live_id = numbers[line.head], numbers[line.live] if line.live is not None else None
        article.state, article.updated_at = line.state, min(line.updated_at, now)
        if line.state == "scheduled" and line.publish_at and line.publish_at <= now:
            article.state, article.publish_at = State.APPROVED.value, None
            self.note("schedule-passed", _("定时发布的时间已经过去，改成已审定，由人决定发不发。"))
        db.session().flush()

    @staticmethod
    def standing(article: Article) -> list[object]:
        """Return what `stand` changes, to tell whether it changed anything."""
        others = ("author_id", "correction", "withdrawal", "published_at", "lead_at", "head_id", "live_id", "state")
        return [getattr(article, name) for name in (*AS_THEY_WERE, *others)]

    def steps(self, article: Article, numbers: dict[int, int], after: datetime | None = None) -> None:
        """Add the steps of its way, those later than `after`."""
        for item in self.line.steps:
            if after is not None and item.at <= after:
                continue
            by, place = self.places.account_of(item.by), self.places.org(item.org) or self.org
            db.session().add(Transition(
                article_id=article.id, action=item.action, from_state=item.source, to_state=item.target, round=item.round, step=item.step,
                label=tidy(item.label), revision_id=numbers.get(item.revision or 0), account_id=by, org_id=place.id,
                at=item.at, note=tidy(item.note, one_line=False), checks=[tidy(check) for check in item.checks],
            ))  # fmt: skip

    def rest(self, article: Article, numbers: dict[int, int], taken: set[str]) -> None:
        """Add what is to be looked at, and the sources it came from, but for those that something here came from."""
        for flag in self.line.flags:
            db.session().add(ImportFlag(
                article_id=article.id, kind=tidy(flag.kind), paragraph=flag.paragraph, excerpt=tidy(flag.excerpt), params=dict(flag.params)
            ))  # fmt: skip
        for item in self.line.sources:
            if item.origin not in taken and not item.origin.startswith(PREFIX):
                taken.add(item.origin)
                revision = numbers.get(item.revision or 0, 0)
                db.session().add(Imported(origin=item.origin, article_id=article.id, digest=item.digest, revision_id=revision, at=item.at))

    def _content(self, item: jsonl.RevisionLine) -> Content:
        note = self._note if self.pictures.folder is not None else self._count
        address = f"/media/{item.cover}"
        cover = self.pictures.take(address, self.org, note, self._told.get(address, images.UNKNOWN)) if item.cover else None
        plain = {name: getattr(item, name) for name in PLAIN if name not in {"cover_id", "body"}}
        body = self.pictures.shown(item.body, self.org, note, self._told)
        body = documents.placed(body, self._documents, self.pictures, self.org, note)
        return Content(**plain, body=body, cover_id=cover.id if cover else None, bylines=tuple(self._bylines(item)), tags=item.tags)

    def _bylines(self, item: jsonl.RevisionLine) -> Iterable[BylineLine]:
        for line in item.bylines:
            org = self.places.org(line.org)
            yield BylineLine(line.role, line.names, org.id if org else None, self.places.linked(line.account, self.org))

    def _note(self, code: str, message: str) -> None:
        if (code, message) not in self._left_out:
            self._left_out.add((code, message))
            self.note(code, message)

    def _count(self, code: str, message: str) -> None:
        self._left_out.add((code, message))

    def _say_what_is_missing(self) -> None:
        """Say in one line how many pictures were left out, and how many documents, when no folder was given."""
        if self.pictures.folder is None:
            for kind, left_out in (("picture-missing", images.left_out), ("document-missing", documents.left_out)):
                if number := sum(code == kind for code, _message in self._left_out):
                    self.note(kind, left_out(number))


def _told(said: jsonl.AssetLine | str) -> Told:
    if isinstance(said, str):
        return Told(said)
    words = {name: getattr(said, name) for name in here.SAID}
    return Told(said.name, Details(**words, focal_x=said.focal[0], focal_y=said.focal[1], tags=said.tags))


def shown_files(line: jsonl.ArticleLine) -> list[str]:
    """Return the addresses of every picture and document of an article, in any of its revisions."""
    files = [file for item in line.revisions for file in (*here.files_in(item.body), *([item.cover] if item.cover else []))]
    linked = {stem for item in line.revisions for stem in here.linked_in(item.body)}
    files += [file for file in line.documents if addresses.stem_of(file.rpartition("/")[2]) in linked]
    return [f"/media/{file}" for file in dict.fromkeys(files)]

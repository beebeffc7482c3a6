"""The demo's sections and stories, from `demo_data/`: each takes its way through review as if it had been lately."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select

from unionhall.base import db
from unionhall.hooks.types import SYSTEM, Actor
from unionhall.media.models import Asset
from unionhall.news import demo_library, demo_views, editing, publishing, references, review
from unionhall.news.content import BylineLine, Content
from unionhall.news.demo_people import People
from unionhall.news.models import Article, Section, State
from unionhall.news.rights import REVIEW, SIGN_OFF
from unionhall.news.sections import SectionFields, save_section
from unionhall.orgs import demo as orgs
from unionhall.orgs.models import Org

FIGURE = re.compile(r'<figure data-photo="([^"]+)" data-caption="([^"]*)" data-credit="([^"]*)" data-alt="([^"]*)"></figure>')
DOCUMENT = re.compile(r'<a data-document="([^"]+)">')
HOUR = timedelta(hours=1)


def load(now: datetime) -> None:
    """Make sections, photos and stories, oldest first, so that numbers rise with time."""
    places = orgs.by_key()
    rows = sorted(stories(), key=lambda row: -row["age_days"])
    sections, photos = _sections(now), demo_library.load(places, now)
    people = People(rows, places, now)
    for number, row in enumerate(rows):
        _Story(row, number, places[row["org"]], sections[row["section"]], photos, people, now).tell()
    demo_views.load(now)


def stories() -> list[dict[str, Any]]:
    """Return the stories of the demo as they are written down."""
    found = sorted((_folder() / "stories").glob("*.toml"))
    return [row for path in found for row in tomllib.loads(path.read_text("utf-8"))["story"]]


def _folder() -> Path:
    return Path(str(files("unionhall.news") / "demo_data"))


def _sections(now: datetime) -> dict[str, Section]:
    """Make the sections; the one that every new site starts with becomes the first."""
    rows = tomllib.loads((_folder() / "sections.toml").read_text("utf-8"))["section"]
    first = db.session().scalars(select(Section).order_by(Section.id)).first()
    made = {}
    for place, row in enumerate(rows):
        last = len(row["steps"]) - 1
        steps = tuple((label, SIGN_OFF if last and at == last else REVIEW) for at, label in enumerate(row["steps"]))
        fields = SectionFields(row["name"], row["slug"], row["name_en"], row["summary"], 10 * (place + 1), True, steps)
        made[row["slug"]] = save_section(None if place else first, fields, actor=SYSTEM, now=now)
    return made


class _Story:
    """One story on its way; hours between the steps are different for each, and the same in every demo."""

    def __init__(
        self, row: dict[str, Any], number: int, org: Org, section: Section, photos: dict[str, Asset], people: People, now: datetime
    ) -> None:
        self.row, self.org, self.section, self.photos, self.people, self.now = row, org, section, photos, people, now
        self.state = State(row["state"])
        self.author = people.author(row, org)
        self.waits = [HOUR * (1 + (number * 5 + at * 3) % 7) for at in range(len(section.steps) + 1)]
        self.writing = HOUR * (3 + number * 7 % 19)

    def tell(self) -> None:
        """Take the story to where it stands."""
        ready = self._ready()
        sent = ready - sum(self.waits[1:], timedelta()) if self.state is not State.SUBMITTED else ready
        content, begun = self._content(), sent - self.writing - (16 * HOUR if "first_reason" in self.row else 0 * HOUR)
        article = editing.create_article(self.org, self.section, self._first(), actor=self.author, now=begun)
        if "first_reason" in self.row:
            self._sent_back_once(article, sent - HOUR, content)
        if self.state is State.DRAFT:
            return
        review.submit(article, actor=self.author, now=sent)
        if self.state is State.RETURNED:
            editor = self.people.reviewer(self.org, REVIEW, {self.author.account_id})
            review.give_back(article, reason=self.row["reason"], actor=editor, now=ready)
        elif self.state is not State.SUBMITTED:
            self._shown(article, self._passed(article, sent))

    def _ready(self) -> datetime:
        """Return when the way through review ended, or the draft was last touched."""
        moment = self.now - timedelta(days=self.row["age_days"])
        if self.state is State.SCHEDULED:
            return self.now - self.waits[0]
        return moment if self.state in {State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED} else moment - HOUR / 4

    def _first(self) -> Content:
        """Return the text as it was first written: before a correction, or before a reviewer sent it back."""
        content = self._content()
        for new, old in self.row.get("first_draft", ()):
            content = replace(
                content, headline=content.headline.replace(new, old), summary=content.summary.replace(new, old),
                body=content.body.replace(new, old, 1),
            )
        return content

    def _sent_back_once(self, article: Article, at: datetime, content: Content) -> None:
        editor = self.people.reviewer(self.org, REVIEW, {self.author.account_id})
        review.submit(article, actor=self.author, now=at - 9 * HOUR)
        review.give_back(article, reason=self.row["first_reason"], actor=editor, now=at - 5 * HOUR)
        editing.save(article, content, base_id=article.head_id or 0, actor=self.author, now=at)

    def _passed(self, article: Article, at: datetime) -> datetime:
        """Pass every step, each by another person; returns when the last was passed."""
        busy = {self.author.account_id}
        for step, wait in zip(self.section.steps, self.waits[1:], strict=True):
            at += wait
            reviewer = self.people.reviewer(self.org, step.permission, busy)
            busy.add(reviewer.account_id)
            review.pass_step(article, revision_id=article.head_id or 0, checks=list(review.CHECKS), actor=reviewer, now=at)
        return at

    def _shown(self, article: Article, at: datetime) -> None:
        editor = self.people.reviewer(self.org, REVIEW, set())
        if self.state is State.SCHEDULED:
            due = self.now - timedelta(days=self.row["age_days"])
            publishing.schedule(article, publish_at=due.replace(second=0, microsecond=0), actor=editor, now=at + HOUR / 4)
        elif self.state is not State.APPROVED:
            published = at + HOUR / 4
            publishing.publish(article, actor=editor, now=published)
            self._featured(article, published)
            self._afterwards(article, editor, published)

    def _featured(self, article: Article, at: datetime) -> None:
        pinned = self.now + timedelta(days=7) if self.row.get("pinned") else None
        if pinned or self.row.get("lead"):
            publishing.feature(article, lead=bool(self.row.get("lead")), pinned_until=pinned, actor=SYSTEM, now=at)

    def _afterwards(self, article: Article, editor: Actor, published: datetime) -> None:
        later = published + min(26 * HOUR, (self.now - published) / 2)
        if self.state is State.CORRECTED:
            editing.save(article, self._content(), base_id=article.head_id or 0, actor=editor, now=later - HOUR / 6)
            publishing.correct(article, note=self.row["correction"], revision_id=article.head_id or 0, actor=editor, now=later)
        elif self.state is State.WITHDRAWN:
            publishing.withdraw(article, reason=self.row["withdrawal"], actor=editor, now=later)
        elif self.state is State.ARCHIVED:
            publishing.archive(article, actor=editor, now=published + timedelta(days=90))

    def _content(self) -> Content:
        row = self.row
        cover = self.photos[Path(row["cover"]).stem] if row.get("cover") else None
        plain = {name: row.get(name, "") for name in ("kicker", "headline", "subhead", "slug_line", "summary")}
        below = {name: row.get(name, "") for name in ("cover_alt", "cover_caption", "cover_credit")}
        body = DOCUMENT.sub(self._link, FIGURE.sub(self._figure, row["body"].strip()))
        return Content(
            **plain, **below, cover_id=cover.id if cover else None, body=body,
            bylines=tuple(self._bylines()), tags=tuple(row["tags"]),
        )

    def _figure(self, found: re.Match[str]) -> str:
        image = self.photos[Path(found[1]).stem]
        return (
            f'<figure class="figure"><img src="{image.address}" alt="{found[4]}" width="{image.width}" height="{image.height}">'
            f'<figcaption>{found[2]} <span class="figure__credit">{escape(found[3])}</span></figcaption></figure>'
        )

    def _link(self, found: re.Match[str]) -> str:
        return f'<a href="{self.photos[found[1]].src}">'

    def _bylines(self) -> Iterator[BylineLine]:
        for line in self.row["bylines"]:
            names, org = tuple(line["names"]), None
            if line["role"] == "source_org":
                org = references.org_by_name(names[0])
            account = self.people.account(names[0]) if len(names) == 1 else None
            yield BylineLine(line["role"], names, org.id if org else None, account)

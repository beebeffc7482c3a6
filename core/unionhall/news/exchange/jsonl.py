"""The format `unionhall-news`, version 1: JSON lines, one object a line, UTF-8. Each class here is one kind of line.

The first line is the site; orgs come above the orgs below them, then sections, then articles by number. An article's
`id` stays the same wherever it goes. Moments carry their offset; pictures are named by the file that holds them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)

FORMAT, VERSION = "unionhall-news", 1
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _written_out(value: object) -> object:
    if not isinstance(value, str) or "T" not in value:
        raise ValueError("a moment is written 2026-05-14T09:30:00+08:00")
    return value


def _of_our_time(value: datetime) -> datetime:
    if not 1900 < value.year < 2200:
        raise ValueError("a moment lies between 1901 and 2199")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_of_our_time)]
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=80)]
State = Literal["draft", "submitted", "returned", "approved", "scheduled", "published", "corrected", "withdrawn", "archived"]
Short = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=20_000)]
Number = Annotated[int, Field(ge=0, lt=2**31)]
Thousandth = Annotated[int, Field(ge=0, le=1000)]
File = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{2}/[a-z0-9-]{1,120}\.[a-z0-9]{2,5}$")]


class Line(BaseModel):
    """What all lines have in common: unknown names and wrong types are refused, never guessed at."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteLine(Line):
    """The first line: what this is, which site it comes from, when it was read, and the address of its root org.

    `note` says who exported it and what for.
    """

    type: Literal["site"] = "site"
    format: str
    version: int
    site: str = ""
    at: Moment
    root: Slug
    note: Short = ""


class OrgLine(Line):
    """An org, as far as it is public; `into` is the org that it was merged into."""

    type: Literal["org"] = "org"
    slug: Slug
    parent: Slug | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    short_name: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    name_en: Short = ""
    kind: Literal["province", "city", "district", "street", "enterprise", "association"]
    status: Literal["active", "closed", "merged"] = "active"
    into: Slug | None = None
    summary: Long = ""
    address: Short = ""
    phone: Annotated[str, StringConstraints(max_length=40)] = ""
    established_on: date | None = None


class SectionLine(Line):
    """A section with its steps of review: (name, permission)."""

    type: Literal["section"] = "section"
    slug: Slug
    name: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    name_en: Annotated[str, StringConstraints(max_length=80)] = ""
    summary: Short = ""
    position: Number = 100
    open: bool = True
    steps: tuple[tuple[str, Literal["news.review", "news.sign_off"]], ...] = ()


class Person(Line):
    """An account: the same person elsewhere has the same login name and the same name."""

    login: Annotated[str, StringConstraints(max_length=60)]
    name: Annotated[str, StringConstraints(max_length=60)]


class BylineLine(Line):
    """Everybody who stands behind one role."""

    role: Literal["reporter", "correspondent", "photographer", "editor", "source_org"]
    names: tuple[Short, ...]
    org: Slug | None = None
    account: Person | None = None


class RevisionLine(Line):
    """One saved state of an article's content; `cover` is a picture's file, `related` are articles' ids."""

    number: Number
    at: Moment
    by: Person | None = None
    note: Short = ""
    kicker: str = ""
    headline: str
    subhead: str = ""
    slug_line: str = ""
    summary: str = ""
    body: str = ""
    seo_title: str = ""
    seo_description: str = ""
    cover: File | None = None
    cover_alt: str = ""
    cover_caption: str = ""
    cover_credit: str = ""
    bylines: tuple[BylineLine, ...] = ()
    tags: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


class StepLine(Line):
    """One step of the way that an article took; `revision` is the number of the one that was looked at."""

    action: Annotated[str, StringConstraints(max_length=12)]
    source: State
    target: State
    round: Number
    step: Number
    label: Annotated[str, StringConstraints(max_length=20)] = ""
    revision: Number | None = None
    by: Person | None = None
    org: Slug
    at: Moment
    note: Long = ""
    checks: tuple[Short, ...] = ()


class FlagLine(Line):
    """Something that somebody has to look at since a page was scanned."""

    kind: Annotated[str, StringConstraints(max_length=30)]
    paragraph: Number | None = None
    excerpt: Short = ""
    params: dict[str, JsonValue] = {}


class SourceLine(Line):
    """Which state of which source the article was imported from, so that importing that again still adds nothing."""

    origin: Annotated[str, StringConstraints(max_length=120)]
    digest: Annotated[str, StringConstraints(max_length=64)]
    revision: Number | None = None
    at: Moment


class AssetLine(Line):
    """What the library says of a file: the name it was uploaded under, its words; `focal` in thousandths from left and top."""

    name: Short = ""
    title: Annotated[str, StringConstraints(max_length=120)] = ""
    alt: Short = ""
    caption: Annotated[str, StringConstraints(max_length=300)] = ""
    credit: Annotated[str, StringConstraints(max_length=60)] = ""
    licence: Annotated[str, StringConstraints(max_length=300)] = ""
    consent: bool = False
    focal: tuple[Thousandth, Thousandth] = (500, 500)
    tags: Annotated[tuple[Annotated[str, StringConstraints(max_length=30)], ...], Field(max_length=12)] = ()


class ArticleLine(Line):
    """An article with every revision; `head` is the newest one's number, `live` that of the one readers see.

    `pictures` are the files that it shows, in any of its revisions; an older export has no more of one than its name.
    `documents` are the files that it links to, at `/media/file/<stem>/`; all lie in one folder.
    """

    type: Literal["article"] = "article"
    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,60}$")]
    slug: Slug
    org: Slug
    section: Slug
    state: State
    author: Person | None = None
    origin: Annotated[str, StringConstraints(max_length=120)] | None = None
    created_at: Moment
    updated_at: Moment
    round: Number = 0
    step: Number = 0
    submitted_at: Moment | None = None
    publish_at: Moment | None = None
    expires_at: Moment | None = None
    published_at: Moment | None = None
    corrected_at: Moment | None = None
    correction: Long = ""
    withdrawn_at: Moment | None = None
    withdrawal: Long = ""
    pinned_until: Moment | None = None
    lead_at: Moment | None = None
    head: Number
    live: Number | None = None
    revisions: Annotated[tuple[RevisionLine, ...], Field(min_length=1, max_length=10_000)]
    old: tuple[Annotated[str, StringConstraints(max_length=400)], ...] = ()
    pictures: dict[File, AssetLine | Short] = {}
    documents: dict[File, AssetLine] = {}
    flags: tuple[FlagLine, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    steps: tuple[StepLine, ...] = ()

    @property
    def title(self) -> str:
        """Return the headline of the newest revision."""
        return next(item.headline for item in self.revisions if item.number == self.head)[:120]

    @model_validator(mode="after")
    def _fits_together(self) -> ArticleLine:
        numbers = [revision.number for revision in self.revisions]
        if len(set(numbers)) != len(numbers) or self.head not in numbers or (self.live is not None and self.live not in numbers):
            raise ValueError("head and live must be the numbers of two revisions")
        if self.state in {"published", "corrected", "withdrawn"} and (self.live is None or self.published_at is None):
            raise ValueError("what was published has a live revision and a time")
        if self.state == "scheduled" and self.publish_at is None:
            raise ValueError("what is scheduled has a time")
        if self.expires_at and self.publish_at and self.expires_at <= self.publish_at:
            raise ValueError("expires_at must be later than publish_at")
        return self

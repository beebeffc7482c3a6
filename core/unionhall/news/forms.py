"""The editor's form: one field per part of an article, bylines as rows, and what a browser without JavaScript sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired

from unionhall.accounts.models import Account
from unionhall.base.errors import RuleBroken
from unionhall.desk.forms import DeskForm, at_most
from unionhall.hooks.types import Actor
from unionhall.media.fields import MediaField
from unionhall.news import references
from unionhall.news.content import LIMITS, MOST_NAMES, MOST_RELATED, BylineLine, Content, split_names
from unionhall.news.models import Article, BylineRole
from unionhall.orgs.models import Org

PLAIN = (
    "kicker", "headline", "subhead", "slug_line", "body", "cover_alt", "cover_caption", "cover_credit", "summary",
    "seo_title", "seo_description",
)
COVER = ("cover_id", "cover_alt", "cover_caption", "cover_credit")
COVER_WORDS = {"alt": "cover_alt", "caption": "cover_caption", "credit": "cover_credit"}
ROW_NAMES = ("byline_role", "byline_names", "byline_org", "byline_login")
TYPED = (
    *PLAIN, *ROW_NAMES, "cover_id", "section_id", "org_id", "tags", "related", "slug",
)
MOST_ROWS = MOST_NAMES


@dataclass(frozen=True)
class BylineRow:
    """One row of the byline list, as typed."""

    role: str = BylineRole.REPORTER.value
    names: str = ""
    org: str = ""
    login: str = ""


class BylinesField(Field):
    """Rows of role, names, org and login, read as parallel lists in the order in which the page shows them."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the rows from the form, or take those given."""
        self.process_errors, self.raw_data = [], None
        self.data: list[BylineRow] = list(data or [])
        if formdata is not None and ROW_NAMES[0] in formdata:
            columns = [formdata.getlist(name)[:MOST_ROWS] for name in ROW_NAMES]
            self.data = [BylineRow(*row) for row in zip_longest(*columns, fillvalue="")]

    def pre_validate(self, form: Any) -> None:
        """Refuse a role that nobody offers."""
        if any(row.role not in set(BylineRole) for row in self.data):
            raise ValidationError(_("署名的身份要从列表里选。"))


def _number(text: Any) -> int:
    """Return a chosen id; 0 for nothing and for anything that is no id."""
    value = str(text or "").strip()
    return int(value) if value.isdecimal() and len(value) < 10 else 0


class ArticleForm(DeskForm):
    """Everything that the editor page asks for."""

    base = HiddenField()
    key = HiddenField()
    kicker = StringField(_l("引题"), [at_most(LIMITS["kicker"])])
    headline = TextAreaField(_l("标题"), [DataRequired(_l("还没有标题。写一句话，哪怕先占个位。")), at_most(LIMITS["headline"])])
    subhead = StringField(_l("副题"), [at_most(LIMITS["subhead"])])
    slug_line = StringField(_l("电头"), [at_most(LIMITS["slug_line"])])
    bylines = BylinesField(_l("署名"))
    body = TextAreaField(_l("正文"))
    cover_id = MediaField(_l("题图"), fills=COVER_WORDS)
    cover_alt = StringField(_l("替代文字"), [at_most(LIMITS["cover_alt"])])
    cover_caption = StringField(_l("图片说明"), [at_most(LIMITS["cover_caption"])])
    cover_credit = StringField(_l("摄影"), [at_most(LIMITS["cover_credit"])])
    section_id = SelectField(_l("栏目"), coerce=_number, validate_choice=False)
    org_id = SelectField(_l("组织"), coerce=_number, validate_choice=False)
    summary = TextAreaField(_l("摘要"), [at_most(LIMITS["summary"])])
    tags = StringField(_l("标签"), [at_most(300)])
    related = StringField(_l("相关稿件"), [at_most(300)])
    slug = StringField(_l("网址"), [at_most(80)])
    seo_title = StringField(_l("搜索标题"), [at_most(LIMITS["seo_title"])])
    seo_description = TextAreaField(_l("搜索描述"), [at_most(LIMITS["seo_description"])])

    def fill(self, content: Content) -> None:
        """Show stored content."""
        for name in PLAIN:
            self._fields[name].data = getattr(content, name)
        logins = references.logins({line.account_id for line in content.bylines if line.account_id})
        names = references.org_names({line.org_id for line in content.bylines if line.org_id})
        self.bylines.data = [
            BylineRow(line.role, "、".join(line.names), names.get(line.org_id or 0, ""), logins.get(line.account_id or 0, ""))
            for line in content.bylines
        ]
        self.cover_id.data = self.cover_id.object_data = content.cover_id
        self.tags.data, self.related.data = "，".join(content.tags), "，".join(str(item) for item in content.related)

    def content(self, org: Org, actor: Actor, article: Article | None = None) -> Content:
        """Return what was typed as content. Raises RuleBroken for a byline's login or a number that leads nowhere."""
        lines = tuple(line for row in self.bylines.data for line in _lines(row, org, actor, article) if line.names)
        return replace(self.parts(), bylines=lines, related=tuple(_related(self.related_numbers())))

    def parts(self) -> Content:
        """Return what was typed, without bylines and related articles, which lead elsewhere."""
        plain: dict[str, Any] = {name: self._fields[name].data or "" for name in PLAIN}
        return Content(**plain, cover_id=self.cover_id.data, tags=split_names(self.tags.data or ""))

    def take(self, name: str, theirs: Content) -> None:
        """Put one part of somebody else's version in place of what was typed."""
        other = ArticleForm(formdata=None, meta={"csrf": False})
        other.fill(theirs)
        for part in COVER if name == "cover" else (name,):
            if part in TYPED or part == "bylines":
                self._fields[part].data = self._fields[part].raw_data = other._fields[part].data

    def related_numbers(self) -> list[str]:
        """Return the article numbers that were typed, one each."""
        return list(split_names((self.related.data or "").replace(" ", "，")))[: MOST_RELATED * 2]

    def arrange(self, order: str) -> None:
        """Do what a row button asked for: "bylines:add", "bylines:up:2", "bylines:remove:0", "cover_id:remove"."""
        what, _sep, rest = order.partition(":")
        verb, _sep, place = rest.partition(":")
        if what == "bylines":
            self.bylines.data = moved(self.bylines.data, verb, _number(place))
        else:
            self.rearrange(order)


def moved(rows: list[BylineRow], verb: str, place: int) -> list[BylineRow]:
    """Return the rows with one added, removed or moved; what cannot be done changes nothing."""
    rows = list(rows)
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append(BylineRow(BylineRole.CORRESPONDENT.value if rows else BylineRole.REPORTER.value))
    elif verb == "remove" and place < len(rows):
        del rows[place]
    elif verb in {"up", "down"} and place < len(rows):
        other = place + (-1 if verb == "up" else 1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
    return rows


def typed(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return everything typed into the editor, by field, and nothing else that a request may bring."""
    return {name: form.getlist(name) for name in TYPED if name in form}


def _lines(row: BylineRow, org: Org, actor: Actor, article: Article | None) -> Iterable[BylineLine]:
    """One row is one line; where one of its several names is the linked person's, that person gets a line alone."""
    names = split_names(row.names)
    if not names:
        return
    place = references.org_by_name(row.org.strip()) if row.org.strip() else None
    if row.org.strip() and place is None:
        raise references.no_such_org(row.org)
    line = BylineLine(row.role, names, place.id if place else None)
    account = _account(row.login, org, actor, article)
    if account is None:
        yield line
        return
    if len(names) > 1 and account.name not in names:
        message = _("关联账号的那一条写了几个名字，里面没有“%(name)s”。几个人都要关联，请分成几条。", name=account.name)
        raise RuleBroken(message, field="bylines")
    at = names.index(account.name) if len(names) > 1 else 0
    yield replace(line, names=names[:at])
    yield replace(line, names=names[at : at + 1], account_id=account.id)
    yield replace(line, names=names[at + 1 :])


def _account(login: str, org: Org, actor: Actor, article: Article | None) -> Account | None:
    if not login.strip():
        return None
    found = references.account_by_login(login)
    kept = {line.account_id for line in article.head.bylines} if article else set()
    if found is None or not (found.id in kept or references.linkable(found, org, actor)):
        raise references.no_such_login(login)
    return found


def _related(numbers: list[str]) -> Iterable[int]:
    for text in numbers:
        found = references.article_number(text)
        if found is None:
            raise references.no_such_article(text)
        yield found

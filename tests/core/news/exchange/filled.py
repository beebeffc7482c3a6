"""A site with everything that articles can have, its export without what may differ, and lines of an export."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta

import blog

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import services as media
from unionhall.news import editing, publishing, sections
from unionhall.news.content import BylineLine
from unionhall.news.models import State
from unionhall.orgs.models import OrgKind

HEAD = '{"type":"site","format":"unionhall-news","version":1,"site":"","at":"2026-05-14T00:00:00Z","root":"other"}'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def line(number=1, **changes):
    at = "2026-05-01T00:00:00+00:00"
    revision = {"number": 1, "at": at, "headline": f"第{number}条", "body": "<p>正文</p>", "bylines": [{"role": "reporter", "names": ["某"]}]}
    value = {"type": "article", "id": f"20260501T00000000000{number}-{900 + number}", "slug": f"s-{number}", "org": "other", "section": "news", "state": "draft",
             "created_at": at, "updated_at": at, "head": 1, "revisions": [revision | changes.pop("revision", {})]}  # fmt: skip
    return json.dumps(value | changes, ensure_ascii=False)


def rich(make):
    """Fill a site: every state, two languages, pictures, names in several roles, corrections, addresses, pins."""
    city = make.org(name="青禾市总工会", slug="qinghe", name_en="Qinghe", address="同心路18号", summary="四十一万会员")
    closed = make.org(city, OrgKind.DISTRICT, name="旧城区总工会", slug="jiucheng")
    sections.save_section(None, sections.SectionFields("基层", "jiceng", "Grassroots", "来自一线", 20, True, (("初审", "news.review"), ("终审", "news.sign_off"))),
                          actor=SYSTEM, now=clock.now())
    section = next(item for item in sections.all_sections() if item.slug == "jiceng")
    writer = make.account(Role.EDITOR, city, login="lin", name="林晓棠")
    picture = media.store_image(blog.picture(random.Random(1)), "现场.jpg", org=city, actor=SYSTEM, now=clock.now())
    inside = media.store_image(blog.picture(random.Random(2)), "图二.jpg", org=city, actor=SYSTEM, now=clock.now())
    words = media.Details("题", "替代", "图说 & 图", "周敏", "只许本站用", True, 120, 1000, tags=("技能", "工匠"))
    media.edit(inside, words, base=inside.edits, actor=SYSTEM, now=clock.now())
    form = media.keep(media.prepare_file(PDF, "报名 表&.pdf"), "报名 表&.pdf", org=city, details=media.Details(title="报名表", tags=("表格",)),
                      actor=SYSTEM, now=clock.now()).asset  # fmt: skip
    body = (
        f'<p>青禾市总工会五月开展竞赛。<a href="{form.src}">《报名表》<em>（PDF）</em></a></p><h2>现场</h2><figure class="figure"><img src="{inside.src}" alt="二" width="640" height="360">'
        '<figcaption>说明<span class="figure__credit">周敏 摄</span></figcaption></figure><blockquote class="pull"><p>一句话。</p><footer>某</footer></blockquote>'
        '<aside class="fact"><dl><dt>800</dt><dd>人次</dd></dl></aside><ul><li>一<ul><li>二</li></ul></li></ul>'
        '<table><thead><tr><th scope="col">工种</th></tr></thead><tbody><tr><td colspan="2">焊工 &amp; 钳工</td></tr></tbody></table>'
    )
    articles = []
    for number, state in enumerate(State):
        content = make.content(
            f"第{number}篇 Story {number}", kicker="引题", subhead="副题", slug_line="本报讯", body=body, cover_id=picture.id, cover_alt="图", cover_caption="说明",
            cover_credit="周敏", seo_title="搜索标题", seo_description="描述", tags=("竞赛", f"标签{number}"), related=tuple(item.id for item in articles[-2:]),
            bylines=(BylineLine("reporter", ("林晓棠",), None, writer.id), BylineLine("correspondent", ("何平", "罗工宣"), city.id, None),
                     BylineLine("photographer", ("周敏",))),
        )
        articles.append(make.article(closed if number == 3 else city, section, writer if number % 2 else None, state, content))
    live = next(item for item in articles if item.state == State.PUBLISHED)
    publishing.feature(live, lead=True, pinned_until=clock.now() + timedelta(days=3), actor=SYSTEM, now=clock.now())
    editing.save(live, make.content("改了还没发 A < B", related=(articles[-1].id,)), base_id=live.head_id, actor=SYSTEM, now=clock.now())
    make.article(make.root, content=make.content("English story", body="<p>Workers compete.</p>"), state=State.PUBLISHED)
    return live.url


def told(path):
    """Return the lines of an export without what may differ: numbers of files, and when it was read."""
    text = path.read_text("utf-8")
    names: dict[str, str] = {}
    text = re.sub(r"\b(?:[0-9a-f]{2}/)?([0-9a-f]{32})\b", lambda found: names.setdefault(found[1], f"file-{len(names)}"), text)
    return [json.loads(line) for line in re.sub(r'"at":"[^"]*","root"', '"root"', text, count=1).splitlines()]


def linking(*documents, **files):
    """An article with a link to each of these documents, and what is said of files."""
    links = "".join(f'<p><a href="/media/file/{stem}/{name}">看{stem}</a></p>' for stem, name in documents)
    return line(1, revision={"body": links}, documents={f"{stem[:2]}/{stem}.{ending}": told for stem, (ending, told) in files.items()})

"""Ten or a hundred thousand invented Chinese articles, written straight into the tables: the same ones every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text, update

from unionhall.base import db, richtext
from unionhall.news.models import Article, Byline, Revision, Section, State, Tag
from unionhall.orgs.models import Org

WHO = ["省总工会", "市总工会", "区总工会", "基层工会", "职工服务中心", "劳模工作室", "产业工会", "园区工会", "快递员联合会", "女职工委员会"]
DID = ["举办", "启动", "开展", "推进", "召开", "发布", "慰问", "走访", "表彰", "培训", "联合开展", "组织", "部署", "总结", "开通"]
WHAT = ["职工技能竞赛", "夏送清凉", "心理关爱课程", "集体协商", "安全生产月", "太极拳交流", "助农直播", "劳动模范评选", "健康体检", "困难职工帮扶", "读书分享会", "法律援助", "新就业形态入会", "职工运动会", "匠心讲堂", "金秋助学", "职代会提案征集", "户外劳动者驿站", "普惠观影", "工匠学院"]
WHERE = ["云麓", "青川", "临江", "望岳", "松溪", "白沙", "石桥", "东湖", "南屏", "北苑", "西渡", "金坪"]
DETAIL = ["活动现场气氛热烈", "来自一线的职工代表踊跃参加", "工会干部认真听取意见", "大家表示收获很大", "下一步将继续完善服务机制", "参赛选手沉着应对各项考核", "评委从规范和效率两方面打分", "志愿者为职工送去防暑用品", "培训内容贴近岗位实际", "企业负责人介绍了协商的经过", "职工们在休息站喝上了凉茶", "医生现场解答常见的问题", "项目将覆盖更多小微企业", "工会将跟踪回访并公布结果", "报名通道已经在网站开通", "优秀作品将在展厅展出"]
SIGNS = (
    "天地人口手足山水火木金土日月星云风雨雷电春夏秋冬东西南北中前后左右上下大小多少高低长短快慢新旧好坏真假开关进出来去起落"
    "生老学教工农商兵医法书画歌舞球棋茶饭衣食住行车船路桥门窗楼房厂店站港村镇县市省国家父母兄弟姐妹师徒友邻红黄蓝绿白黑灰紫"
    "钢铁铜银煤油气棉麻丝米面豆果菜花草树林田园河湖海江溪泉石沙泥灯光声影力量心思情意文字数图表纸笔尺刀针线布机床轮轴管阀"
)
NAMES = ["沈一禾", "林晓棠", "罗工宣", "周敏", "何平", "陈立春", "赵小满", "孙茂林", "吴海燕", "郑可为", "冯雨", "卫东升"]
TAGS = ["技能竞赛", "夏送清凉", "集体协商", "新就业形态", "职工心理", "劳模", "工匠", "助学", "安全生产", "驿站", "体检", "读书"]
BATCH = 2000
NEWEST = datetime(2026, 5, 14, 1, 0, tzinfo=UTC)


def _vocabulary() -> list[str]:
    """Return the words between the set phrases, so that most words stand in few articles, as in real news."""
    luck = random.Random(7)
    return ["".join(luck.sample(SIGNS, 2)) for _ in range(6000)]


VOCABULARY = _vocabulary()
WEIGHTS = list(accumulate(1 / (n + 30) for n in range(len(VOCABULARY))))


def paragraph(luck: random.Random) -> str:
    """Return some ninety characters: a set phrase, and words of which a few are common and most are rare."""
    parts = [luck.choice(DETAIL) if luck.random() < 0.3 else f"{luck.choice(WHERE)}{luck.choice(WHO)}{luck.choice(DID)}{luck.choice(WHAT)}"]
    words = luck.choices(VOCABULARY, cum_weights=WEIGHTS, k=32)
    parts += ["".join(words[at : at + 8]) for at in range(0, 32, 8)]
    return "<p>" + "，".join(parts) + "。</p>"


def headline(luck: random.Random, n: int) -> str:
    """Return a headline that is no other article's."""
    return f"{luck.choice(WHERE)}{luck.choice(WHO)}{luck.choice(DID)}{luck.choice(WHAT)}（第{n}期）"


def rows(n: int, luck: random.Random, orgs: list[int], sections: list[int]) -> tuple[dict[str, Any], ...]:
    """Return the article, its revision, bylines and tags; ids are the number."""
    at = NEWEST - timedelta(minutes=7 * n)
    title, org = headline(luck, n), luck.choice(orgs)
    article = {
        "id": n, "org_id": org, "section_id": sections[n % len(sections)], "slug": f"bench-{n}", "state": State.DRAFT.value,
        "published_at": at, "created_at": at, "updated_at": at, "round": 0, "step": 0, "correction": "", "withdrawal": "",
    }  # fmt: skip
    body = "".join(paragraph(luck) for _ in range(11))
    revision = {
        "id": n, "article_id": n, "number": 1, "at": at, "headline": title, "body": body,
        "summary": luck.choice(DETAIL) + "，" + luck.choice(DETAIL) + "。",
        "stamp": richtext.stamp(body), "characters": richtext.count_chars(body),
    }  # fmt: skip
    credits = [
        {"revision_id": n, "position": 0, "line": 0, "role": "reporter", "name": luck.choice(NAMES)},
        {"revision_id": n, "position": 1, "line": 1, "role": "editor", "name": luck.choice(NAMES)},
    ]
    tags = [{"revision_id": n, "position": at, "name": name} for at, name in enumerate(luck.sample(TAGS, 2))]
    return article, revision, *credits, *tags


def generate(number: int, orgs: list[int], sections: list[int]) -> Iterator[tuple[dict[str, Any], ...]]:
    """Yield the rows of so many articles, newest first."""
    luck = random.Random(20260514)
    for n in range(1, number + 1):
        yield rows(n, luck, orgs, sections)


def fill(app: Flask, number: int, *, sections: int = 6, orgs: int = 30) -> None:
    """Put so many live articles into an empty site with its root org."""
    with app.app_context(), db.unit_of_work() as session:
        root = session.scalars(select(Org)).first()
        assert root is not None
        session.add_all(
            Org(name=f"{WHERE[n % 12]}第{n}工会", short_name=f"{WHERE[n % 12]}{n}", slug=f"bench-org-{n}", kind="city",
                parent_id=root.id, path=f"{root.path}{1000 + n}/", id=1000 + n, status="active", created_at=NEWEST, updated_at=NEWEST)
            for n in range(orgs)
        )  # fmt: skip
        session.add_all(Section(slug=f"bench-{n}", name=f"栏目{n}", position=n) for n in range(1, sections + 1))
        session.flush()
        org_ids = [1000 + n for n in range(orgs)]
        section_ids = list(session.scalars(select(Section.id).order_by(Section.id)))
        batch: list[tuple[dict[str, Any], ...]] = []
        for item in generate(number, org_ids, section_ids):
            batch.append(item)
            if len(batch) == BATCH:
                _write(batch)
                batch = []
        if batch:
            _write(batch)
        session.execute(update(Article).values(head_id=Article.id, live_id=Article.id, state=State.PUBLISHED.value))
        for table in ("news_article", "news_revision") if db.engine().dialect.name == "postgresql" else ():
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number})"))
    with app.app_context():
        with db.engine().connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        db.session().remove()


def _write(batch: list[tuple[dict[str, Any], ...]]) -> None:
    session = db.session()
    session.execute(insert(Article), [item[0] for item in batch])
    session.execute(insert(Revision), [item[1] for item in batch])
    session.execute(insert(Byline), [row for item in batch for row in item[2:4]])
    session.execute(insert(Tag), [row for item in batch for row in item[4:]])

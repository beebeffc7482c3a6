"""A Chinese Markdown blog of some hundred posts, invented, in the manners of Hexo and of Hugo; the same one every time."""

from __future__ import annotations

import io
import random
from datetime import date, timedelta
from pathlib import Path

from PIL import Image

PLACES = ["青川", "临江", "望岳", "松溪", "白沙", "石桥", "东湖", "南屏"]
THINGS = ["技能竞赛", "夏送清凉", "集体协商", "太极拳交流", "助农直播", "健康体检", "读书分享", "法律援助", "工匠讲堂", "金秋助学"]
NAMES = ["沈一禾", "林晓棠", "罗工宣", "周敏", "何平"]
SENTENCES = (
    "来自一线的职工代表踊跃参加，现场气氛热烈。", "工会干部逐条记下意见，答应一个月内回复。", "志愿者为户外劳动者送去凉茶和防暑用品。",
    "评委从规范、效率、安全三个方面打分。", "报名通道已经开通，名额用完为止。", "下一步将把做法推广到更多小微企业。",
)  # fmt: skip
TABLE = "| 工种 | 名额 |\n| --- | ---: |\n| 焊工 | 60 |\n| 钳工 | 40 |\n"


def picture(luck: random.Random) -> bytes:
    """Return a small JPEG."""
    made = io.BytesIO()
    Image.new("RGB", (640, 360), tuple(luck.randrange(256) for _ in range(3))).save(made, "JPEG")
    return made.getvalue()


def write(folder: Path, number: int = 300, *, pictures: int = 6) -> None:
    """Write so many posts: two of three as Hexo keeps them, one of three as a Hugo page bundle."""
    luck = random.Random(20260514)
    for n in range(number):
        place, thing = PLACES[n % len(PLACES)], THINGS[n % len(THINGS)]
        title, day = f"{place}{thing}第{n + 1}期见闻", date(2024, 1, 1) + timedelta(days=2 * n)
        first, rest = luck.choice(SENTENCES), "\n\n".join(luck.sample(SENTENCES, 3))
        body = f"{place}市总工会{day.month}月开展{thing}。{first}\n\n<!-- more -->\n\n## 现场\n\n{rest}\n\n{TABLE if n % 5 == 0 else ''}"
        if n % 3 == 2:
            _hugo(folder, n, title, day, thing, luck.choice(NAMES), body, picture(luck) if n < 3 * pictures else b"")
        else:
            _hexo(folder, n, title, day, thing, luck.choice(NAMES), body)


def _hexo(folder: Path, n: int, title: str, day: date, thing: str, name: str, body: str) -> None:
    path = folder / "source" / "_posts" / f"{day.year}" / f"post-{n + 1}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    front = f"title: {title}\ndate: {day} 09:30:00\nauthor: {name}\ntags:\n  - {thing}\ncategories: 基层\n"
    encoding = "gb18030" if n % 30 == 1 else "utf-8"
    path.write_bytes((f"---\n{front}---\n{body}\n详见[活动回顾](/2024/)。").encode(encoding))


def _hugo(folder: Path, n: int, title: str, day: date, thing: str, name: str, body: str, image: bytes) -> None:
    path = folder / "content" / "posts" / f"post-{n + 1}" / "index.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = '{{< figure src="scene.jpg" title="活动现场" >}}\n' if image else "{{< youtube abc >}}\n"
    front = f'title = "{title}"\ndate = {day}T09:30:00+08:00\ntags = ["{thing}"]\nauthors = ["{name}"]\naliases = ["/old/{n + 1}/"]\n'
    path.write_text(f"+++\n{front}+++\n{body}\n{shown}", "utf-8")
    if image:
        (path.parent / "scene.jpg").write_bytes(image)

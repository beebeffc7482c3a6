"""The newspaper page reader, on invented pages of the same shapes as real scans."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionhall.news.newspaper import Flag, Page, PageUnreadable, Story, decode, read_page
from unionhall.news.newspaper.lines import MAX_BYTES, MAX_LINES
from unionhall.news.newspaper.marks import full_width, is_finished
from unionhall.news.newspaper.page import MAX_STORIES

SAMPLE = Path(__file__).parent / "newspaper_samples" / "page.txt"
LONG = "每逢周末，东湾镇的三十二名退休技师轮流到厂里坐诊，谁家的机器有毛病，谁就把图纸带来，一起看一起修。"


def story(text: str) -> Story:
    """Return the only story of a page."""
    (only,) = read_page(text).stories
    return only


def body(text: str) -> list[tuple[str, str]]:
    """Return kind and text of the blocks below an invented headline."""
    return [(block.kind, block.text) for block in story(f"## 标题\n\n{text}").blocks]


def flags(one: Story, kind: str) -> list[Flag]:
    """Return the flags of one kind."""
    return [flag for flag in one.flags if flag.kind == kind]


def credits(one: Story) -> list[tuple[str, tuple[str, ...]]]:
    """Return by-lines as plain pairs."""
    return [(byline.role, byline.names) for byline in one.bylines]


@pytest.fixture(scope="module")
def page() -> Page:
    """The sample page, read."""
    return read_page(decode(SAMPLE.read_bytes()))


def test_the_page_has_its_stories_with_their_lines(page: Page) -> None:
    assert [(one.kicker, one.headline, one.line) for one in page.stories] == [
        ("让车间飘起书香", "云溪市总工会把流动书屋开进二十家小微工厂", 5),
        ("", "青禾区办起 焊工夜校", 13),
        ("", "守住清凉一夏 松岭高温慰问走进百个工地", 39),
    ]
    assert page.leftovers == ()


def test_the_page_has_its_credits(page: Page) -> None:
    assert [(one.slug_line, credits(one)) for one in page.stories] == [
        ("本报讯", [("correspondent", ("林小满", "贺知秋"))]),
        (
            "本报讯",
            [("reporter", ("石见山",)), ("correspondent", ("阿依古丽·买买提",)), ("photographer", ("孟一舟",))],
        ),
        ("", [("correspondent", ("戚小雨", "钟离"))]),
    ]


def test_broken_paragraphs_are_joined_and_punctuation_is_chinese(page: Page) -> None:
    first = page.stories[0]
    assert [block.text for block in first.blocks] == [
        "为了让倒班职工也有书可读，云溪市总工会近日启用“禾苗书屋”APP，首批12,000册图书随车出发。每辆书车每周停靠3家工厂，"
        "借还书只要扫一扫，逾期三天之内不计费用。读者还可以在车上点书，下一趟就能拿到（工具书除外）！",
        "书车师傅老丁说，最受欢迎的是菜谱和育儿书，其次才是小说。",
    ]
    assert first.joins == 1
    assert [flag.kind for flag in first.flags] == ["kicker-guess"]


def test_midheads_captions_and_suspicious_places_are_told(page: Page) -> None:
    second = page.stories[1]
    kinds = [block.kind for block in second.blocks]
    assert kinds == ["paragraph", "midhead", "paragraph", "paragraph", "caption", "midhead", "paragraph"]
    assert second.captions == ("学员在练习平焊。",)
    assert second.blocks[1].text == "先学安全，再学手艺"
    assert second.blocks[3].text == "比如《班前五分钟读本》，就是学员自己编的。"
    assert [(flag.kind, flag.paragraph) for flag in second.flags] == [
        ("headline-break", None),
        ("joined", 0),
        ("caption-guess", 4),
        ("repeated", 6),
    ]
    assert flags(second, "joined")[0].params["reason"] == "lost-words"
    assert flags(second, "headline-break")[0].params["headline"] == "青禾区办起 焊工夜校"


def test_a_spliced_repeat_is_marked_and_kept(page: Page) -> None:
    second = page.stories[1]
    (flag,) = flags(second, "repeated")
    assert dict(flag.params) == {
        "characters": 43,
        "whole": 0,
        "spliced": 1,
        "first_story": 1,
        "first_paragraph": 2,
    }
    assert second.html().splitlines()[-1] == (
        "<p>今年已有九人拿到证书。学员<mark>第一课讲的是防火毯怎么铺、面罩怎么选、气瓶怎么放，"
        "每一条都来自车间里真实发生过的险情。</mark></p>"
    )
    assert [block.repeated for block in second.blocks] == [False] * 6 + [True]


def test_the_end_cut_off_and_the_junk_are_flagged(page: Page) -> None:
    last = page.stories[2]
    assert last.blocks[-1].text.endswith("报上来、")
    assert [(flag.kind, flag.paragraph) for flag in last.flags] == [
        ("headline-break", None),
        ("junk", 1),
        ("cut-off", 1),
    ]
    assert flags(last, "junk")[0].params == {"text": "none"}
    broken = flags(last, "headline-break")[0].params
    assert (broken["suggestion"], broken["kicker"], broken["headline"]) == (
        "kicker",
        "守住清凉一夏",
        "松岭高温慰问走进百个工地",
    )


@pytest.mark.parametrize(
    ("heads", "expected", "rule"),
    [
        ("# 只有一行", ("", "只有一行", ""), None),
        ("## 只有一行", ("", "只有一行", ""), None),
        ("# 短引题\n## 这一行长得多所以是标题", ("短引题", "这一行长得多所以是标题", ""), "short-over-long"),
        ("# 这一行长得多所以是标题\n\n## 短副题", ("", "这一行长得多所以是标题", "短副题"), "long-over-short"),
        ("## 标题\n### 副题", ("", "标题", "副题"), "deeper-line"),
        ("# 引题\n## 标题\n### 副题", ("引题", "标题", "副题"), "three-lines"),
        ("＃　引题\n＃＃　全角井号标题", ("引题", "全角井号标题", ""), "short-over-long"),
        ("##没有空格的**标题** ##", ("", "没有空格的标题", ""), None),
    ],
)
def test_kicker_headline_and_subhead(heads: str, expected: tuple[str, str, str], rule: str | None) -> None:
    one = story(f"{heads}\n\n本报讯 记者甲乙报道 正文到此。")
    assert (one.kicker, one.headline, one.subhead) == expected
    assert [flag.params["rule"] for flag in flags(one, "kicker-guess")] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("headline", "suggestion", "kicker", "suggested"),
    [
        ("东湾成立 退休技师工会", "close", "", "东湾成立退休技师工会"),
        ("持证职工 均可免费体检 东湾启用“一卡通”", "kicker", "持证职工均可免费体检", "东湾启用“一卡通”"),
        ("工厂里来了剧团 一票难求", "keep", "", "工厂里来了剧团 一票难求"),
    ],
)
def test_a_broken_headline_keeps_its_words_and_gets_a_suggestion(
    headline: str, suggestion: str, kicker: str, suggested: str
) -> None:
    one = story(f"## {headline}\n\n本报讯 记者甲乙报道 近日，东湾市总工会公布。")
    assert (one.kicker, one.headline) == ("", headline)
    params = flags(one, "headline-break")[0].params
    assert (params["suggestion"], params["kicker"], params["headline"]) == (suggestion, kicker, suggested)


R, C, P = "reporter", "correspondent", "photographer"


@pytest.mark.parametrize(
    ("line", "slug", "expected", "rest"),
    [
        ("本报讯 记者白帆 通讯员丁宁、卫蓝报道 正文。", "本报讯", [(R, ("白帆",)), (C, ("丁宁", "卫蓝"))], "正文。"),
        ("本报讯 通讯员丁宁报道 正文。", "本报讯", [(C, ("丁宁",))], "正文。"),
        ("通讯员丁宁、卫蓝报道 正文。", "", [(C, ("丁宁", "卫蓝"))], "正文。"),
        ("本网讯 特约记者白帆，通讯员 卫 蓝 报道：正文。", "本网讯", [(R, ("白帆",)), (C, ("卫蓝",))], "正文。"),
        ("本报讯（记者 白帆 通讯员 丁宁 卫蓝）正文。", "本报讯", [(R, ("白帆",)), (C, ("丁宁", "卫蓝"))], "正文。"),
        ("本报讯 (通讯员:丁宁) 正文。", "本报讯", [(C, ("丁宁",))], "正文。"),
        ("【本报讯】记者白帆 近日，正文。", "本报讯", [(R, ("白帆",))], "近日，正文。"),
        ("本报东湾5月12日电 记者白帆、丁宁 正文。", "本报东湾5月12日电", [(R, ("白帆", "丁宁"))], "正文。"),
        ("本报讯 见习记者白帆摄影报道 正文。", "本报讯", [(R, ("白帆",)), (P, ("白帆",))], "正文。"),
        ("□本报记者 白帆 通讯员 丁宁 文/图\n\n正文。", "", [(R, ("白帆",)), (C, ("丁宁",)), (P, ("丁宁",))], "正文。"),
        ("记者 白帆 文/图\n\n正文。", "", [(R, ("白帆",)), (P, ("白帆",))], "正文。"),
        ("文/白帆 图/丁宁\n\n正文。", "", [(R, ("白帆",)), (P, ("丁宁",))], "正文。"),
        ("文/图 白帆\n\n正文。", "", [(R, ("白帆",)), (P, ("白帆",))], "正文。"),
        ("记者 白帆 文 丁宁 摄\n\n正文。", "", [(R, ("白帆",)), (P, ("丁宁",))], "正文。"),
        ("实习生白帆报道 正文。", "", [(R, ("白帆",))], "正文。"),
        ("东湾日报记者白帆报道 正文。", "", [(R, ("白帆",))], "正文。"),
        ("本报讯 记者阿不都·热合曼报道 正文。", "本报讯", [(R, ("阿不都·热合曼",))], "正文。"),
        (
            "本报讯 记者白帆 通讯员丁宁、卫\n\n蓝报道 正文。",
            "本报讯",
            [(R, ("白帆",)), (C, ("丁宁", "卫蓝"))],
            "正文。",
        ),
        ("正文在前。（通讯员 丁宁）", "", [(C, ("丁宁",))], "正文在前。"),
        ("正文在前。\n\n通讯员 丁宁 记者 白帆", "", [(C, ("丁宁",)), (R, ("白帆",))], "正文在前。"),
        ("图为现场。\n\n通讯员丁宁报道 正文。", "", [(C, ("丁宁",))], "图为现场。正文。"),
        ("白帆 摄\n\n本报讯 正文。", "本报讯", [(P, ("白帆",))], "正文。"),
        ("摄影 白帆\n\n正文。", "", [(P, ("白帆",))], "正文。"),
        ("图为现场。通讯员白帆 摄", "", [(P, ("白帆",))], "图为现场。"),
        ("本报讯 正文。", "本报讯", [], "正文。"),
        ("记者近日从市总工会获悉，今年的报道。", "", [], "记者近日从市总工会获悉，今年的报道。"),
        ("记者手记\n\n正文。", "", [], "记者手记正文。"),
        ("本报通讯员培训班开课，正文。", "", [], "本报通讯员培训班开课，正文。"),
        ("本报讯员工们说，正文。", "", [], "本报讯员工们说，正文。"),
    ],
)
def test_credits_leave_the_body(line: str, slug: str, expected: list[tuple[str, tuple[str, ...]]], rest: str) -> None:
    one = story(f"## 标题\n\n{line}")
    assert (one.slug_line, credits(one), "".join(block.text for block in one.blocks)) == (slug, expected, rest)
    written = any(role != P for role, _ in expected)
    assert bool(flags(one, "no-byline") or flags(one, "byline-unread")) is not written


def test_credits_that_cannot_be_read_stay_in_the_body() -> None:
    one = story("## 标题\n\n本报讯 通讯员丁宁，近日东湾镇总工会办班。")
    assert one.blocks[0].text == "通讯员丁宁，近日东湾镇总工会办班。"
    assert flags(one, "byline-unread")[0].excerpt == "通讯员丁宁，近日东湾镇总工会办班。"
    guess = story("## 标题\n\n本报讯 通讯员丁宁 近日办班。")
    assert flags(guess, "byline-guess")[0].excerpt == "丁宁"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲句没有完\n\n乙句完了。", [("paragraph", "甲句没有完乙句完了。")]),
        ("甲句没有完,\r\n\r\n乙句完了。", [("paragraph", "甲句没有完，乙句完了。")]),
        ("甲句完了。”\n\n乙句完了。", [("paragraph", "甲句完了。”"), ("paragraph", "乙句完了。")]),
        ("叫作“甲”\n\n的乙句完了。", [("paragraph", "叫作“甲”的乙句完了。")]),
        ("他说：“甲句完了。\n\n”乙句完了。", [("paragraph", "他说：“甲句完了。”乙句完了。")]),
        (
            "办法如下：\n\n一、先学。\n\n二、再做",
            [("paragraph", "办法如下："), ("paragraph", "一、先学。"), ("paragraph", "二、再做")],
        ),
        ("甲句没完\n\n一、先学。", [("paragraph", "甲句没完"), ("paragraph", "一、先学。")]),
        ("甲句没有\n\n图为现场。\n\n完呢。", [("paragraph", "甲句没有完呢。"), ("caption", "图为现场。")]),
        ("甲句没有\n\n\n\n完呢。", [("paragraph", "甲句没有完呢。")]),
        ("甲句。\n\n\n\n短句在照片下。", [("paragraph", "甲句。"), ("caption", "短句在照片下。")]),
        ("甲句。\n\n### 小标题\n\n乙句。", [("paragraph", "甲句。"), ("midhead", "小标题"), ("paragraph", "乙句。")]),
        ("甲句用 open\n\nsource 软件。", [("paragraph", "甲句用 open source 软件。")]),
        ("共有20\n\n20人。", [("paragraph", "共有2020人。")]),
        (
            "甲句（附注一则。）\n\n乙句。（完）\n\n丙句。",
            [("paragraph", "甲句（附注一则。）"), ("paragraph", "乙句。（完）"), ("paragraph", "丙句。")],
        ),
        ("#话题#大家说。", [("paragraph", "#话题#大家说。")]),
    ],
)
def test_paragraphs(text: str, expected: list[tuple[str, str]]) -> None:
    assert body(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("会上大家提了许多意见和看法，让人有了\n\n的感觉。", "lost-words"),
        ("会上大家提了许多意见，讨论\n\n据了解，会议开了一天。", "new-start"),
        ("大事小情\n\n每月都有人管。", "short-line"),
        (
            "会上大家提了许多意见，讨论\n\n\n\n到了中午，饭也没有顾上去吃，一直谈到太阳西下，才各自回家去，第二天接着再谈，谈了三天。",
            "gap",
        ),
        ("会上大家提了许多意见，讨\n\n论到中午。", None),
    ],
)
def test_doubtful_joins_are_flagged(text: str, reason: str | None) -> None:
    one = story(f"## 标题\n\n{text}")
    assert one.joins == 1
    assert [flag.params["reason"] for flag in flags(one, "joined")] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲,乙:丙!丁?戊;己", "甲，乙：丙！丁？戊；己"),
        ("服务1,200人,用时12:30,比分3:2。", "服务1,200人，用时12:30，比分3:2。"),
        ("用OA(办公)、微信(WeChat)和iPhone (2nd)。", "用OA（办公）、微信（WeChat）和iPhone (2nd)。"),
        ("近日, 甲乙", "近日，甲乙"),
        ("See https://a.example/?q=1, then go", "See https://a.example/?q=1, then go"),
        ("用PK,“甲”", "用PK，“甲”"),
        ("真的!?", "真的！？"),
    ],
)
def test_half_width_marks_beside_chinese_become_full_width(text: str, expected: str) -> None:
    assert full_width(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("完。", True),
        ("完……", True),
        ("完？”", True),
        ("“甲”", False),
        ("没完", False),
        ("没完，", False),
        ("如下：", True),
        ("", False),
    ],
)
def test_a_finished_paragraph(text: str, expected: bool) -> None:
    assert is_finished(text) is expected


def test_a_whole_repeated_paragraph_is_marked() -> None:
    one = story(f"## 标题\n\n{LONG}\n\n别的话。\n\n{LONG}")
    assert [block.marks for block in one.blocks] == [(), (), ((0, len(LONG)),)]
    (flag,) = flags(one, "repeated")
    assert (flag.paragraph, flag.params["whole"], flag.params["spliced"]) == (2, 1, 0)


def test_a_repeat_across_stories_names_the_first_one() -> None:
    page = read_page(f"## 甲\n\n{LONG}\n\n## 乙\n\n开头。{LONG[:-6]}")
    assert flags(page.stories[0], "repeated") == []
    (flag,) = flags(page.stories[1], "repeated")
    assert (flag.params["first_story"], flag.params["first_paragraph"]) == (0, 0)


def test_a_repeat_over_several_paragraphs_is_cut_at_their_borders() -> None:
    one = story(f"## 标题\n\n{LONG}\n\n来的人越来越多。\n\n别的话。\n\n{LONG}\n\n来的人越来越多。")
    assert [block.repeated for block in one.blocks] == [False, False, False, True, True]


def test_the_same_story_twice_is_flagged() -> None:
    page = read_page(f"## 标题\n\n{LONG}\n\n## 标题\n\n{LONG}")
    assert [bool(flags(one, "repeated-story")) for one in page.stories] == [False, True]


def test_doubled_words_junk_and_empty_stories_are_flagged() -> None:
    one = story("## 标题\n\n小微企业企业很多。哈哈哈哈。\n\n----\n\n![图](a.jpg)\n\n值班表 null")
    assert [flag.excerpt for flag in flags(one, "doubled")] == ["企业企业"]
    assert [flag.params["text"] for flag in flags(one, "junk")] == ["----", "![图](a.jpg)", "null"]
    assert [flag.kind for flag in story("## 标题").flags] == ["no-byline", "no-body"]
    assert body("There is none") == [("paragraph", "There is none")]


def test_text_before_the_first_headline_and_empty_headings_are_leftovers() -> None:
    page = read_page("第三版\n\n## 标题\n\n##\n\n正文。")
    assert [(flag.kind, flag.params["text"], flag.params["line"]) for flag in page.leftovers] == [
        ("before-headline", "第三版", 1),
        ("junk", "##", 5),
    ]


def test_html_is_escaped_and_bold_becomes_strong() -> None:
    one = story("## 标题\n\n本报讯 <script>alert(1)</script> & **要点**在此。")
    assert one.html() == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; <strong>要点</strong>在此。</p>"


def test_the_fingerprint_survives_white_space_breaks_and_marks() -> None:
    one = story(f"## 标题 一\n\n{LONG}又一句话没有完。")
    again = story(
        f"\ufeff##  标题　一\r\n\r\n\r\n  {LONG[:20]}\r\n\r\n{LONG[20:]}又一句话没有完。\r\n".replace("，", ",")
    )
    assert one.fingerprint == again.fingerprint
    assert len(one.fingerprint) == 64
    assert one.fingerprint != story(f"## 标题 二\n\n{LONG}又一句话没有完。").fingerprint


def test_control_and_bidi_characters_are_taken_out() -> None:
    one = story("## 标\u200b题\u202e甲\n\n正\x07文\ufeff是这样写的，前前后后一共写了许多个字，。")
    assert (one.headline, one.blocks[0].text[:4]) == ("标题甲", "正文是这")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n\u3000\ufeff", "empty"),
        ("\u200b\u200b", "empty"),
        ("a\0b", "binary"),
        ("# 甲" + "\x01" * 9, "binary"),
        ("\ud800" * 9 + "# 甲", "binary"),
        ("没有标题的正文。", "no-headline"),
        ("##\n\n正文。", "no-headline"),
        ("# 甲\n" + "a" * MAX_BYTES, "too-large"),
        ("# 甲\n" + "乙\n" * MAX_LINES, "too-large"),
        ("# 甲\n乙\n" * (MAX_STORIES + 1), "too-many-stories"),
    ],
)
def test_what_is_no_page_is_refused(text: str, code: str) -> None:
    with pytest.raises(PageUnreadable) as refused:
        read_page(text)
    assert refused.value.code == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_decode_knows_the_usual_encodings(encoding: str) -> None:
    assert decode("# 标题\n正文。".encode(encoding)) == "# 标题\n正文。"


@pytest.mark.parametrize(
    ("data", "code"), [(b"\x89PNG\0\0", "binary"), (b"\xff\xff\xff", "binary"), (b"a" * (MAX_BYTES + 1), "too-large")]
)
def test_decode_refuses(data: bytes, code: str) -> None:
    with pytest.raises(PageUnreadable) as refused:
        decode(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "# 题\n\n" + "好" * 340_000,
        "# 题\n\n" + (LONG + "\n\n") * 6_000,
        "# 题\n\n" + "# " * 500_000,
        "# 题\n\n" + "**a" * 340_000,
        "# 题\n\n" + "甲。\n\n" * 19_000,
        "# 题\n\n" + "（记者" * 110_000,
    ],
    ids=["one-sign", "one-paragraph", "hashes", "stars", "short-lines", "brackets"],
)
def test_a_page_of_one_megabyte_is_read_in_time(text: str) -> None:
    start = time.process_time()
    for one in read_page(text).stories:
        one.html()
    assert time.process_time() - start < 5  # a quadratic step takes minutes; one second is usual


SIGNS = "甲乙丙丁。！？，、：；…“”‘’（）()《》#＃* \n\t\r\u3000,:!?;.-文图摄a1·/"
LONGER = ["\n\n", "\n\n\n\n", "# ", "## ", "**", "![", "none", "\ufeff", "\u202e", chr(0xD800)]
WORDS = ["本报讯 ", "记者", "通讯员", "报道", "白帆", " 摄", "图为", "一、", LONG]
PIECES = st.sampled_from([*SIGNS, *LONGER, *WORDS])


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200))
def test_nothing_but_page_unreadable_is_ever_raised(text: str) -> None:
    try:
        page = read_page(text)
    except PageUnreadable:
        return
    for one in page.stories:
        assert one.headline
        assert all(0 <= start < end <= len(block.text) for block in one.blocks for start, end in block.marks)
        assert all(flag.paragraph is None or 0 <= flag.paragraph <= len(one.blocks) for flag in one.flags)
        assert one.html().count("<mark>") == sum(len(block.marks) for block in one.blocks)


SENTENCE = st.text(alphabet="天地人山水火木金土,。！？:;“”（）(),1a ", min_size=1, max_size=40)
GAP = st.sampled_from(["\n", "\n\n", "\n\n\n\n", "\r\n\r\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(SENTENCE, GAP), max_size=12))
def test_no_letter_of_the_body_is_lost_or_moved(pieces: list[tuple[str, str]]) -> None:
    text = "".join(sentence + gap for sentence, gap in pieces)
    one = story(f"## 标题\n\n{text}")
    kept = [block.text for block in one.blocks if block.kind == "paragraph"]
    captions = list(one.captions)
    joined = "".join(sign for sign in "".join(kept + captions) if sign.isalnum())
    given_ = "".join(sign for sign in text if sign.isalnum())
    assert joined == given_ if not captions else sorted(joined) == sorted(given_)

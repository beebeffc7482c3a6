"""Credits: the slug line, reporters and correspondents at the start of a story, and who took the photo."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unionhall.news.newspaper.marks import HAN
from unionhall.news.newspaper.model import Byline, Role

BULLETS = "□■●◆○◎▲△*· "
SLUG = re.compile(
    rf"[{BULLETS}【\[(（]*(?P<slug>本[报网刊台社](?:[{HAN}]{{2,4}}?)?(?:讯(?![员息号])|\d{{1,2}}月\d{{1,2}}日[电讯]))"
    r"[\s*】\])）:：,，]*"
)
ROLE = re.compile(
    rf"(?:[{HAN}]{{0,6}}(?:日报|晚报|时报|工人报|商报)|本[报网刊台社])?"
    r"(?P<word>(?:首席|特约|见习|实习|全媒体|融媒体?|摄影)*记者|(?:特约)?通讯员|实习生|摄影|[文图摄](?=[/／:：]))[\s:：/／]*"
)
NAME = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]{{1,10}}(?:[·•][{HAN}]{{1,10}}){{1,3}}|[A-Za-z][A-Za-z.·-]{{1,19}}")
NOT_A_NAME = re.compile(
    r"近日|日前|昨|今天|今年|去年|目前|当前|连日|本月|上周|据悉|获悉|了解|从|在|看到|采访|走进|来到|们|发现|表示|说|称|手记|观察|札记|调查|感言|培训|队伍"
)
MARKS = frozenset("文图摄")
PICTURED = frozenset("图摄")
BOTH = re.compile(r"(?:文[/／]图|图[/／]文|图文)[\s:：/／]+")
GLUED = re.compile(r"\s*(?:文\s*[/／]\s*[图摄]|文并摄|图文|图[/／]文)\s*$")
SEPARATORS = re.compile(r"[、,，;；/／\s]+")
REPORTED = re.compile(r"(?P<region>.{2,100}?)报道(?![了称的过出说会组员])[\s:：,，。]*")
BRACKETED = re.compile(r"[（(](?P<region>[^（）()]{2,80})[)）][\s:：,，]*")
CREDIT_AFTER = re.compile(r"(?P<text>.*[。！？”）…])\s*(?P<credit>[^。！？”）…]{2,24}摄影?)")
SIGNED = re.compile(r"(?P<text>.*\S)\s*[（(](?P<region>[^（）()]{4,60})[)）]")


@dataclass(frozen=True, slots=True)
class Header:
    """What stood before the first sentence; `rest` is the text behind it, `guessed` if no 报道 or bracket ended it."""

    slug: str
    bylines: tuple[Byline, ...]
    rest: str
    guessed: bool = False
    unread: bool = False


def read_credits(region: str) -> tuple[Byline, ...] | None:
    """Return the credits when the region holds nothing else, else None (newspaper usage: role word, then names)."""
    region = GLUED.sub(" 文 图", region.strip(BULLETS + "（）()"))
    region = re.sub(r"(?<=\S)摄$", " 摄", region)
    if both := BOTH.match(region):
        region = f"{region[both.end() :]} 文 图"
    roles = list(ROLE.finditer(region))
    starts = [0, *(match.end() for match in roles)]
    stops = [*(match.start() for match in roles), len(region)]
    found: dict[Role, list[str]] = {}
    previous: list[str] = []
    for index, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        role = _role(roles[index - 1]["word"]) if index else None
        tokens = _tokens(region[start:stop])
        if role is None and not tokens:
            continue
        names = None if tokens is None else _assign(tokens, role, previous, found)
        if not names:
            return None
        previous = names
    return tuple(Byline(role, tuple(names)) for role, names in found.items()) or None


def read_header(text: str) -> Header | None:
    """Return the header of a story's first paragraph: 本报讯 and credits, either may be missing; None if both are."""
    match = SLUG.match(text)
    slug, rest = (match["slug"], text[match.end() :]) if match else ("", text.lstrip(BULLETS))
    bracket = BRACKETED.match(rest)
    if not ROLE.match(bracket["region"].strip() if bracket else rest):
        return Header(slug, (), rest) if slug else None
    for closed in (bracket, REPORTED.match(rest)):
        if closed and (credits := read_credits(closed["region"])):
            return Header(slug, credits, rest[closed.end() :])
    if len(rest) <= 60 and (credits := read_credits(rest)):
        return Header(slug, credits, "", guessed=not slug and rest == text and len(credits) == 1)
    end = _open_end(rest)
    if end and (credits := read_credits(rest[:end])):
        return Header(slug, credits, rest[end:].strip(), guessed=True)
    return Header(slug, (), rest, unread=bool(slug or rest.startswith(("通讯员", "本报", "特约"))))


def read_photo_credit(text: str) -> tuple[str, tuple[Byline, ...]] | None:
    """Return (caption, credit) of a line such as `图为现场。 通讯员某某 摄` or of `某某 摄` alone (then no caption)."""
    if len(text) > 200 or not text.rstrip("）) ").endswith(("摄", "摄影")):
        return None
    match = CREDIT_AFTER.fullmatch(text.rstrip("）) "))
    caption, credit = (match["text"].rstrip("（( "), match["credit"]) if match else ("", text)
    if len(caption) > 120:
        return None
    credits = read_credits(re.sub("影$", "", credit.strip("（）() ")))
    if credits is None or {byline.role for byline in credits} != {"photographer"}:
        return None
    return caption, credits


def read_signature(text: str) -> tuple[str, tuple[Byline, ...]] | None:
    """Return (text, credits) of a last paragraph signed in brackets: `……。（通讯员 某某）`."""
    match = SIGNED.fullmatch(text)
    if match is None or not ROLE.match(match["region"].strip()):
        return None
    credits = read_credits(match["region"])
    return None if credits is None else (match["text"], credits)


def merge(credits: list[Byline]) -> tuple[Byline, ...]:
    """Return one by-line per role, each name once, in the order found."""
    merged: dict[Role, dict[str, None]] = {}
    for byline in credits:
        merged.setdefault(byline.role, {}).update(dict.fromkeys(byline.names))
    return tuple(Byline(role, tuple(names)) for role, names in merged.items())


def _role(word: str) -> Role:
    if word.endswith("通讯员"):
        return "correspondent"
    return "photographer" if word.startswith(("摄", "图")) else "reporter"


def _tokens(chunk: str) -> list[str] | None:
    """Split names at 、 comma or space and close names spaced for print (`李 明`); None if a token cannot be a name."""
    tokens: list[str] = []
    half = ""
    for token in filter(None, SEPARATORS.split(chunk)):
        if token in MARKS and not half:
            tokens.append(token)
        elif len(token) == 1:
            tokens += [half + token] if half else []
            half = "" if half else token
        elif half or not NAME.fullmatch(token) or NOT_A_NAME.match(token):
            return None
        else:
            tokens.append(token)
    return None if half else tokens


def _assign(tokens: list[str], role: Role | None, previous: list[str], found: dict[Role, list[str]]) -> list[str]:
    """Give the names to their roles, 文 图 摄 behind names telling which, and return the names last given."""
    pending: list[str] = []
    given = previous if role == "photographer" and not tokens else []
    for token in tokens:
        if token not in MARKS:
            pending.append(token)
            continue
        given = pending or given or previous
        target: Role = "photographer" if token in PICTURED else role or "reporter"
        found.setdefault(target, []).extend(given)
        pending = []
    if pending and role is None:
        return []
    given = pending or given
    if role is not None and (pending or not tokens):
        found.setdefault(role, []).extend(given)
    return given


def _open_end(text: str) -> int:
    """Return where credits without 报道 end: at the first word that starts no role and follows no role or 、."""
    end = 0
    expecting = False
    for match in re.finditer(r"\S+", text[:120]):
        word = match.group()
        role = ROLE.match(word)
        if not (role or expecting or GLUED.fullmatch(word) or word in MARKS):
            break
        expecting = word.endswith("、") or bool(role and role.end() == len(word))
        end = match.end()
    return end if end < len(text) else 0

"""Chinese punctuation: which marks end a sentence, which cannot start a paragraph, and half-width made full-width."""

from __future__ import annotations

import re

HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
CHINESE = f"{HAN}\u2018\u2019\u201c\u201d…—\u3001-\u303f\uff01-\uff60"
WIDE = dict(zip(",:!?;()", "，：！？；（）", strict=True))
SINGLE = re.compile(
    rf"(?<=[{CHINESE}]) ?(?P<after>[,:!?;]+) ?|(?P<before>[,:!?;]+)(?: (?=[{HAN}“‘《])|(?=[{CHINESE}]))"
)
PAIR = re.compile(r"\(([^()]{0,200})\)")
CHINESE_ONE = re.compile(f"[{CHINESE}]")
ENDS = "。！？…｡.!?"
PAUSES = "：；:;"
CLOSERS = "”’」』）》〉】)\"'"
NEVER_FIRST = "，。、；：！？”’」』）》〉】,;:!?)"
ASIDE = re.compile(r"[（(][^（）()]{1,80}[）)]$")


def full_width(text: str) -> str:
    """Make , : ! ? ; ( ) beside a Chinese character full-width (GB/T 15834-2011); numbers and Latin keep theirs."""
    text = PAIR.sub(_wide_pair, text)
    return SINGLE.sub(_wide_single, text)


def is_finished(text: str) -> bool:
    """Whether a paragraph may end here: 。！？… also inside quotes or before an aside, or a colon or semicolon."""
    bare = text.rstrip()
    if bare.rstrip(CLOSERS)[-1:] in tuple(ENDS + PAUSES):
        return True
    return ASIDE.sub("", bare).rstrip(CLOSERS + " ")[-1:] in tuple(ENDS)


def is_sentence_end(text: str) -> bool:
    """Whether a story may end here: as for a paragraph, but not with a colon or semicolon."""
    return is_finished(text) and text.rstrip().rstrip(CLOSERS)[-1:] not in tuple(PAUSES)


def significant(text: str) -> str:
    """Return letters, digits and Han characters only, the part of a text that a scan does not change."""
    return "".join(character for character in text if character.isalnum())


def _wide_pair(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    return f"（{match[1]}）" if CHINESE_ONE.search(before + match[1][:1] + match[1][-1:]) else match[0]


def _wide_single(match: re.Match[str]) -> str:
    return "".join(WIDE[mark] for mark in match["after"] or match["before"])

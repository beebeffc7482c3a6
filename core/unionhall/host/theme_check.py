"""Judging a theme before it is used: what the theme contract asks for, with the reason and the remedy for whatever it breaks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l
from jinja2 import Environment, TemplateSyntaxError, nodes
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

import unionhall
from unionhall.base import db
from unionhall.host import contrast, theme_css
from unionhall.host.themes import Fault, Theme, lineage

BLOCKS = frozenset({
    "head_extra", "topline", "masthead", "mainnav", "hero", "home_lead", "home_sections", "article_head", "article_end", "footer",
})  # fmt: skip
FOREVER = ("--target", "--focus-ring", "--t-xs")
CLOSED = ("desk/", "themes/", "site/error", "site/macros.html", "site/again.html")
MODE_WORDS = {
    "light": _l("浅色"), "dark": _l("深色"), "auto": _l("跟随系统的深色"), "elder": _l("大字版"), "elder-dark": _l("深色的大字版"),
}  # fmt: skip


def judge_all(found: Mapping[str, Theme], environment: Environment) -> dict[str, Theme]:
    """Return the themes with what is wrong with each; a theme is no better than its parents."""
    return {name: replace(theme, faults=tuple(judge(theme, found, environment))) for name, theme in found.items()}


def judge(theme: Theme, every: Mapping[str, Theme], environment: Environment) -> Iterator[Fault]:
    """Return everything that keeps a theme from being used. `every` are the themes there are, this one among them."""
    yield from theme.faults
    if theme.faults:
        return
    yield from _needs(theme)
    chain = lineage(theme.name, every)
    yield from _family(theme, chain, every)
    for one in chain:
        if one is not theme and (bad := next(iter([*one.faults, *_own(one, environment)]), None)):
            yield Fault(_l("它的上级主题 %(name)s 有问题：%(why)s", name=one.name, why=bad.reason), bad.remedy)
    own = list(_own(theme, environment))
    yield from own
    if not own:
        yield from _contrast(chain)


def _own(theme: Theme, environment: Environment) -> Iterator[Fault]:
    yield from _python(theme)
    yield from _templates(theme, environment)
    yield from _stylesheets(theme)


def _needs(theme: Theme) -> Iterator[Fault]:
    try:
        wanted = SpecifierSet(theme.needs)
    except InvalidSpecifier:
        yield Fault(_l("needs 写的“%(needs)s”不是版本范围。", needs=theme.needs), _l("写成 >=0.1,<1 的样子。"))
        return
    if not wanted.contains(Version(unionhall.__version__), prereleases=True):
        here = unionhall.__version__
        yield Fault(_l("它要求核心 %(needs)s，这里是 %(here)s。", needs=theme.needs, here=here), _l("请换一个适合这个核心的版本。"))


def _family(theme: Theme, chain: tuple[Theme, ...], every: Mapping[str, Theme]) -> Iterator[Fault]:
    last = chain[-1].parent if chain else ""
    if last and last not in every:
        yield Fault(_l("它的上级主题 %(name)s 没有安装。", name=last), _l("先用 pip 安装 %(name)s，再重启网站。", name=last))
    elif last:
        names = " → ".join([*(one.name for one in chain), last])
        yield Fault(_l("上级主题绕成了一个圈：%(names)s。", names=names), _l("在其中一个 theme.toml 里去掉 parent。"))


def _python(theme: Theme) -> Iterator[Fault]:
    for path in sorted(theme.folder.rglob("*.py")):
        try:
            body = ast.parse(path.read_text("utf-8")).body
        except (SyntaxError, UnicodeDecodeError, ValueError):
            body = [ast.Pass()]
        if path.name != "__init__.py" or any(not _is_docstring(line) for line in body):
            where = path.relative_to(theme.folder)
            remedy = _l("主题里只放模板、样式和翻译；要写程序，请做成插件。")
            yield Fault(_l("%(path)s 里有 Python 程序。", path=where), remedy)


def _is_docstring(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


def _templates(theme: Theme, environment: Environment) -> Iterator[Fault]:
    folder = theme.folder / "templates"
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        try:
            source = path.read_text("utf-8")
            environment.compile(source, name, str(path))
        except TemplateSyntaxError as error:
            where = {"name": name, "line": error.lineno, "error": error.message}
            yield Fault(_l("模板 %(name)s 第 %(line)s 行编译不了：%(error)s", **where), _l("改好这个模板。"))
            continue
        except UnicodeDecodeError:
            yield Fault(_l("模板 %(name)s 不是 UTF-8 编码的文字。", name=name), _l("用 UTF-8 另存。"))
            continue
        if not theme.surface:
            yield from _kept_to_the_contract(name, environment.parse(source, name))


def _kept_to_the_contract(name: str, parsed: nodes.Template) -> Iterator[Fault]:
    if name.startswith(CLOSED):
        yield Fault(_l("模板 %(name)s 不由主题来换。", name=name), _l("编务台、出错页和表单的写法各处一样，请删掉这个模板。"))
    if name != "site/base.html":
        return
    extends = parsed.find(nodes.Extends)
    original = isinstance(extends and extends.template, nodes.Const) and extends is not None
    if not original or getattr(extends.template if extends else None, "value", "") != "@site/base.html":
        yield Fault(_l("site/base.html 整页重写了。"), _l("让它从 @site/base.html 继承（extends），只改允许的区块。"))
        return
    if other := sorted({block.name for block in parsed.find_all(nodes.Block)} - BLOCKS):
        remedy = _l("可以改的是：%(names)s。", names=", ".join(sorted(BLOCKS)))
        yield Fault(_l("site/base.html 改了不许改的区块：%(names)s。", names=", ".join(other)), remedy)


def _stylesheets(theme: Theme) -> Iterator[Fault]:
    for path in sorted((theme.folder / "static").rglob("*.css")):
        name = path.relative_to(theme.folder / "static").as_posix()
        try:
            found = list(theme_css.rules(path.read_text("utf-8")))
        except (ValueError, UnicodeDecodeError):
            yield Fault(_l("%(name)s 读不懂：大括号没有配对，或者不是 UTF-8。", name=name), _l("改好它。"))
            continue
        for rule in found:
            yield from _rule(theme, name, rule)


def _rule(theme: Theme, name: str, rule: theme_css.Rule) -> Iterator[Fault]:
    told = {"name": name, "rule": rule.selector[:60]}
    if not theme_css.is_layered(rule):
        yield Fault(_l("%(name)s 里“%(rule)s”不在 @layer theme 里。", **told), _l("把它放进 @layer theme { … }。"))
    if theme_css.reaches_out(rule):
        yield Fault(_l("%(name)s 里“%(rule)s”从别处取文件。", **told), _l("只用主题自己 static 里的文件，写相对的地址。"))
    if theme.surface:
        return
    if "desk" in rule.selector:
        yield Fault(_l("%(name)s 里“%(rule)s”改了编务台。", **told), _l("主题只管读者看到的页面，请删掉这条。"))
    if kept := sorted(set(theme_css.declared(rule)) & set(FOREVER)):
        names = ", ".join(kept)
        yield Fault(
            _l("%(name)s 里“%(rule)s”改了 %(names)s。", names=names, **told), _l("触摸目标、焦点框和最小的字号不能改，请删掉。")
        )
    if "elder" in rule.selector and theme_css.declared(rule):
        yield Fault(_l("%(name)s 里“%(rule)s”改了大字版的变量。", **told), _l("大字版处处一样，请删掉这些变量。"))


def _contrast(chain: tuple[Theme, ...]) -> Iterator[Fault]:
    told: set[tuple[str, str]] = set()
    for mode, tokens in theme_css.tokens(core_tokens(), *(theme.css for theme in reversed(chain))).items():
        for name in sorted({name for pair in contrast.PAIRS for name in pair[:2]}):
            if contrast.parse(tokens.get(name, ""), tokens) is None and (name, "") not in told:
                told.add((name, ""))
                yield Fault(_l("颜色 %(name)s 算不出对比度。", name=name), _l("写成 #rrggbb、rgb(…) 或 var(--…)。"))
        for faint in contrast.faint(tokens):
            if (faint.ink, faint.paper) not in told:
                told.add((faint.ink, faint.paper))
                numbers = {"mode": MODE_WORDS[mode], "ratio": f"{faint.ratio:.2f}", "least": faint.least}
                reason = _l("%(mode)s下，%(ink)s 在 %(paper)s 上只有 %(ratio)s : 1。", ink=faint.ink, paper=faint.paper, **numbers)
                yield Fault(reason, _l("调到 %(least)s : 1 以上（WCAG AA）；浅色和深色要各写一份。", **numbers))


@cache
def core_tokens() -> str:
    """Return the stylesheet of the core's own tokens, on which every theme builds."""
    return (Path(db.__file__).parent / "static" / "tokens.css").read_text("utf-8")


def colours(chain: tuple[Theme, ...], mode: str = "light") -> dict[str, str]:
    """Return the tokens that a theme ends up with, for the swatches of its card."""
    sheets = [theme.css for theme in reversed(chain)]
    try:
        return theme_css.tokens(core_tokens(), *sheets)[mode]
    except (ValueError, OSError):
        return {}

"""Themes: judged before use, switched without a restart, tried by one person alone, never in each other's way."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.cli import cli
from unionhall.hooks.types import SYSTEM, Role
from unionhall.host import contrast, themes
from unionhall.host.looks import looks
from unionhall.platform.audit import AuditEntry
from unionhall.setup import set_up
from unionhall.testing.factories import Make, log_in
from unionhall.testing.pytest_plugin import SETTINGS
from unionhall.themes import services

TOML = 'label = "{name}"\nversion = "1.0"\n'


@pytest.fixture
def theme(tmp_path, monkeypatch):
    """Return `theme("red", {file: text})`, which makes a theme findable beside the bundled one."""
    real, made = themes.installed(), {}
    monkeypatch.setattr(themes, "installed", lambda: {"hall": real["hall"]} | {name: themes.read(name, folder) for name, folder in made.items()})

    def add(name, files=(), toml=None):
        made[name] = tmp_path / name
        for path, text in {"theme.toml": TOML.format(name=name) if toml is None else toml, **dict(files)}.items():
            place = made[name] / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")

    return add


@pytest.fixture
def build(tmp_path, at, ends):
    apps = []

    def start(**options):
        app = ends(create_app(SETTINGS | {"instance": tmp_path / "instance"} | options, plugins=False))
        (tmp_path / "instance").mkdir(exist_ok=True)
        with app.app_context():
            if not apps:
                set_up("云麓省总工会")
        apps.append(app)
        return app

    return start


def masthead(text):
    return {
        "templates/site/base.html": "{% extends '@site/base.html' %}{% block masthead %}<p>" + text + "{{ _('页眉') }}</p>{{ super() }}{% endblock %}",
        "static/theme.css": "@layer theme { :root { --r-2: 2px; } }",
    }


def choose(app, name):
    with app.app_context(), db.unit_of_work():
        services.choose(name, actor=SYSTEM, now=clock.now())


def faults(app, name):
    with app.test_request_context("/"):
        return " ".join(f"{fault.reason} {fault.remedy}" for fault in looks().every[name].faults)


BROKEN = {
    "缺 theme.toml": ({}, None),
    "theme.toml 读不懂": ({"theme.toml": "label = "}, None),
    "缺这几项：version": ({"theme.toml": 'label = "x"'}, None),
    "不认识，或者不是文字：colour": ({"theme.toml": TOML + 'colour = "red"'}, None),
    "要求核心 <0.0.1": ({"theme.toml": TOML + 'needs = "<0.0.1"'}, None),
    "上级主题 nowhere 没有安装": ({"theme.toml": TOML + 'parent = "nowhere"'}, None),
    "绕成了一个圈：bad → bad": ({"theme.toml": TOML + 'parent = "bad"'}, None),
    "编译不了": ({"templates/site/home.html": "{% block %}"}, None),
    "没有 bad_filter": ({"templates/site/home.html": "{{ 1|bad_filter }}"}, "bad_filter"),
    "整页重写了": ({"templates/site/base.html": "<html></html>"}, None),
    "不许改的区块：tabbar": ({"templates/site/base.html": "{% extends '@site/base.html' %}{% block tabbar %}{% endblock %}"}, None),
    "desk/base.html 不由主题来换": ({"templates/desk/base.html": "x"}, None),
    "“.masthead”不在 @layer theme 里": ({"static/theme.css": ".masthead { color: red }"}, None),
    "改了 --target": ({"static/theme.css": "@layer theme { :root { --target: 20px; } }"}, None),
    "改了大字版的变量": ({"static/theme.css": '@layer theme { :root[data-mode~="elder"] { --t-md: 1rem; } }'}, None),
    "改了编务台": ({"static/theme.css": '@layer theme { [data-surface="desk"] p { color: red; } }'}, None),
    "从别处取文件": ({"static/theme.css": "@layer theme { p { background: url(//evil.example/x.png); } }"}, None),
    "大括号没有配对": ({"static/theme.css": "@layer theme { p {"}, None),
    "深色下，--c-accent 在 --c-paper 上只有": ({"static/theme.css": "@layer theme { :root { --c-accent: #075; } }"}, None),
    "算不出对比度": ({"static/theme.css": "@layer theme { :root { --c-ink: hsl(0 0% 0%); } }"}, None),
    "有 Python 程序": ({"__init__.py": '"""Doc."""\nimport os\n'}, None),
}


def test_a_broken_theme_is_refused_with_its_reason_and_the_site_goes_on(theme, build):
    """Every kind of fault in one build of the site: each is named, none can be chosen, all pages are the bundled theme's."""
    for number, (_words, (files, _other)) in enumerate(BROKEN.items()):
        name = "bad" if "bad" in files.get("theme.toml", "") else f"bad{number}"
        theme(name, {path: text.replace("{name}", name) for path, text in files.items() if path != "theme.toml"},
              toml=files.get("theme.toml", TOML).replace("{name}", name))  # fmt: skip
    theme("child", toml=TOML.format(name="child") + 'parent = "bad10"')
    theme("bare")
    (themes.installed()["bare"].folder / "theme.toml").unlink()
    app = build(theme="bad7")
    for number, (words, (files, other)) in enumerate(BROKEN.items()):
        name = "bare" if number == 0 else "bad" if "bad" in files.get("theme.toml", "") else f"bad{number}"
        assert (other or words) in faults(app, name), name
    assert "上级主题 bad10 有问题" in faults(app, "child")
    assert faults(app, "hall") == ""
    page = app.test_client().get("/")
    assert page.status_code == 200
    assert "/static/theme-hall/" in page.text
    assert "bad7" not in page.text
    with pytest.raises(services.RuleBroken, match="不能用"):
        choose(app, "bad7")
    with pytest.raises(services.NotFound):
        choose(app, "nowhere")


def test_two_themes_override_the_same_template_and_never_meet(theme, build):
    theme("red", masthead("红报头"))
    theme("deep", masthead("深报头"), toml=TOML.format(name="deep") + 'parent = "red"')
    theme("words", {"translations/en.po": 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "热线"\nmsgstr "Ring us"\n'})
    app = build()
    client = app.test_client()
    for name, mine, other in [("red", "红报头", "深报头"), ("deep", "深报头", "红报头"), ("red", "红报头", "深报头"), ("hall", "", "报头页眉")]:
        choose(app, name)
        for path in ("/", "/orgs/", "/nowhere"):
            page = client.get(path).text
            assert mine in page, (name, path)
            assert other not in page
    choose(app, "deep")
    page = client.get("/").text
    assert page.index("/static/theme-red/") < page.index("/static/theme-deep/")
    assert "Ring us" not in client.get("/?lang=en").text
    choose(app, "words")
    assert "Ring us" in client.get("/?lang=en").text


def test_another_process_follows_within_a_second_and_kept_pages_go(theme, build):
    theme("red", masthead("红报头"))
    first, second = build(page_cache_mb=8), build(page_cache_mb=8)
    for app in (first, second):
        assert "红报头" not in app.test_client().get("/").text
    choose(first, "red")
    for app in (first, second):
        assert "红报头" in app.test_client().get("/").text
        with app.app_context():
            assert db.session().scalar(select(AuditEntry.obj).where(AuditEntry.act == "themes.chosen")) == "theme:red"


@pytest.fixture
def admin(build):
    """Return a site with a page cache, and an administrator's browser."""

    def start(**options):
        app = build(page_cache_mb=8, **options)
        with app.app_context(), db.unit_of_work():
            made = Make()
            account, auditor = made.account(Role.SYSTEM_ADMIN).id, made.account(Role.AUDITOR).id
        client = app.test_client()
        log_in(client, account)
        return app, client, auditor

    return start


def press(client, path, **fields):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk/system/themes/").text).group(1)
    return client.post(path, data={"csrf_token": token, **fields})


def test_a_preview_is_one_persons_alone(theme, admin):
    theme("red", masthead("红报头"))
    app, client, auditor = admin()
    stranger = app.test_client()
    assert "红报头" not in stranger.get("/").text
    card = client.get("/desk/system/themes/").text
    assert all(words in card for words in ("red 1.0", "可以换上", 'fill="#ab231b"', "还没有人换过主题"))
    assert press(client, "/desk/system/themes/preview", name="red").status_code == 303
    for path in ("/", "/orgs/", "/my/", "/campaigns/", "/nowhere"):
        answer = client.get(path)
        assert "红报头" in answer.text, path
        assert "只有你看得到" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert "红报头" not in stranger.get(path).text
    assert "只有你看得到" not in client.get("/desk/").text
    cookie = client.get_cookie("uh_look").value
    stranger.set_cookie("uh_look", cookie)
    assert "红报头" not in stranger.get("/").text, "worth nothing without the login"
    press(client, "/desk/system/themes/preview/end")
    assert "红报头" not in client.get("/").text
    press(client, "/desk/system/themes/use", name="red")
    assert "红报头" in app.test_client().get("/").text
    assert re.search(r"在 \S*0?5\D+14\S* .*换的主题", client.get("/desk/system/themes/").text)
    looking = app.test_client()
    log_in(looking, auditor)
    seen = looking.get("/desk/system/themes/")
    assert seen.status_code == 200
    assert "/preview" not in seen.text
    assert looking.post("/desk/system/themes/use", data={"name": "hall"}).status_code in {400, 403}


def test_a_template_that_fails_gives_way_to_the_original(theme, admin):
    theme("red", {**masthead("红报头"), "templates/orgs/tree.html": "{% extends 'site/base.html' %}{% block main %}<h1>{{ 1 // 0 }}</h1>{% endblock %}"})
    app, client, _auditor = admin()
    press(client, "/desk/system/themes/preview", name="red")
    failed = client.get("/orgs/")
    assert failed.status_code == 500
    assert "模板 orgs/tree.html 在这一页出了错：ZeroDivisionError" in failed.text
    assert "结束预览" in failed.text
    press(client, "/desk/system/themes/use", name="red")
    reader = app.test_client()
    page = reader.get("/orgs/")
    assert page.status_code == 200
    assert "云麓省总工会" in page.text
    assert "红报头" in reader.get("/").text
    shown = client.get("/desk/system/themes/").text
    assert "模板 orgs/tree.html" in shown
    assert "ZeroDivisionError" in shown
    press(client, "/desk/system/themes/use", name="hall")
    press(client, "/desk/system/themes/use", name="red")
    assert "ZeroDivisionError" not in client.get("/desk/system/themes/").text


def test_the_command_lists_chooses_and_makes(app, runner, tmp_path, monkeypatch):
    monkeypatch.setattr("unionhall.cli._application", lambda safe: app)

    def run(*words):
        return runner.invoke(cli, ["themes", *words])

    assert "hall 0.1.0: used" in run("list").output
    assert run("use", "hall").output == "主题换成了 hall。\n"
    assert run("use", "hall").output == "网站已经在用 hall。\n"
    made = run("new", "river", "--into", str(tmp_path))
    assert made.exit_code == 0, made.output
    folder = tmp_path / "unionhall-theme-river"
    checked = run("check", str(folder))
    assert (checked.exit_code, checked.output) == (0, "主题 river 可以用。\n")
    assert {path.name for path in folder.iterdir()} == {"README.md", "pyproject.toml", "setup.cfg", "tests", "unionhall_theme_river"}
    assert not [path for path in folder.rglob("*") if path.is_file() and "@NAME@" in path.read_text("utf-8")]
    css = folder / "unionhall_theme_river" / "static" / "theme.css"
    css.write_text(css.read_text("utf-8").replace("--c-accent: #1f5f46", "--c-accent: #9fd6b3"), "utf-8")
    refused = run("check", str(folder))
    assert refused.exit_code == 1
    assert "浅色下，--c-accent 在 --c-paper 上只有" in refused.output
    assert run("new", "river", "--into", str(tmp_path)).exit_code != 0
    assert run("new", "River!", "--into", str(tmp_path)).exit_code != 0


PAIRS = [("#000", "#fff", 21.0), ("#777777", "#fff", 4.48), ("#767676", "#ffffff", 4.54), ("rgb(255 0 0)", "#fff", 4.0), ("#abc", "#aabbcc", 1.0)]


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_contrast_of_known_pairs(one, other, expected):
    found = contrast.ratio(contrast.parse(one), contrast.parse(other))
    assert found == pytest.approx(expected, abs=0.005)
    assert contrast.parse("var(--a)", {"--a": "var(--b)", "--b": one}) == contrast.parse(one)


def test_circles_and_odd_colours_have_no_contrast():
    assert contrast.parse("var(--a)", {"--a": "var(--b)", "--b": "var(--a)"}) is None
    assert contrast.parse("hsl(0 0% 0%)") is None
    assert contrast.parse("rgb(300 0 0)") is None

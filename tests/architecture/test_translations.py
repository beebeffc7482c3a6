"""English is complete in the core, in every bundled plugin and theme: every message is translated, with the same placeholders."""

from __future__ import annotations

import re

import pytest

from unionhall.testing import catalogues

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
KEPT_CHINESE = {"中文", "身份宝", "本报讯", "本网讯", "公网安备", "ICP备", "记者甲", "某某"}
each_package = pytest.mark.parametrize("folder", catalogues.packages(), ids=lambda folder: folder.name)


def english(folder):
    return [message for message in catalogues.read(folder / "translations" / "en.po", "en") if message.id]


def texts(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


@each_package
def test_every_message_is_translated(folder):
    wanted = {texts(message.id)[0] for message in catalogues.extract(folder) if message.id}
    known = {texts(message.id)[0] for message in english(folder)}
    missing = catalogues.missing(catalogues.read(folder / "translations" / "en.po", "en"))
    assert (wanted - known, known - wanted, missing) == (set(), set(), [])


@each_package
def test_placeholders_are_the_same(folder):
    wrong = []
    for message in english(folder):
        wanted = set(PLACEHOLDER.findall(texts(message.id)[0]))
        wrong += [texts(message.id)[0] for text in texts(message.string) if not set(PLACEHOLDER.findall(text)) <= wanted | {"num"}]
        wrong += [texts(message.id)[0] for text in texts(message.string)[-1:] if wanted - {"num"} - set(PLACEHOLDER.findall(text))]
    assert wrong == []


@each_package
def test_english_is_english(folder):
    left = [text for message in english(folder) for text in texts(message.string) if CHINESE.search(text)]
    assert [text for text in left if not any(kept in text for kept in KEPT_CHINESE)] == []


def test_a_third_partys_catalogue_is_brought_up_to_date(tmp_path, capsys):
    package = tmp_path / "unionhall_wall"
    package.mkdir()
    assert catalogues.main([str(package)]) == 2
    (package / "__init__.py").write_text('"""心愿墙"""\n')
    (package / "site.py").write_text('from flask_babel import gettext as _\n\nWORDS = (_("保存"), _("挂一张心愿卡"))\n')
    capsys.readouterr()
    assert catalogues.main([str(package)]) == 1
    assert capsys.readouterr().out == "unionhall_wall en: 挂一张心愿卡\n"
    written = package / "translations" / "en.po"
    assert 'msgstr "Save"' in written.read_text("utf-8")
    written.write_text(written.read_text("utf-8").replace('"挂一张心愿卡"\nmsgstr ""', '"挂一张心愿卡"\nmsgstr "Hang up a wish"'))
    assert catalogues.main([str(package)]) == 0
    assert "Hang up a wish" in written.read_text("utf-8")

"""`unionhall plugins new` writes a plugin that passes everything at once: the linter, its tests, the contract."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


def new(*words, cwd, ok=True):
    command = [sys.executable, "-m", "unionhall", "plugins", "new", *words]
    clean = {"PATH": os.environ["PATH"], "UNIONHALL_INSTANCE": str(cwd / "no-site")}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is ok, done.stderr
    return done.stdout + done.stderr


def passes(*command, cwd, env):
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "label"), [("wall", "心愿墙"), ("a_long_name_for_2026", "名字有十二个字的一个插件")])
def test_a_new_plugin_passes_everything_at_once(judge, test, beside, tmp_path, name, label):
    new(name, "--label", label, "--folder", "made", cwd=tmp_path)
    assert not (tmp_path / "no-site").exists()
    made, env = tmp_path / "made", beside(tmp_path / "made")
    passes(BIN / "ruff", "check", ".", cwd=made, env=env)
    test(made, env)
    well, said = judge("--plugin", name, env=env)
    assert well, said


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_written(judge, test, beside, tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")
    begin = re.search(r"^unionhall plugins new (.+)$", text, re.MULTILINE).group(1).split()
    new(*begin, cwd=tmp_path)
    made = tmp_path / "unionhall-wall"
    steps = re.findall(r"^```diff\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(steps) == 6
    for step in steps:
        done = subprocess.run(["git", "apply", "-"], cwd=made, input=step, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    env = beside(made)
    passes(BIN / "ruff", "check", ".", cwd=made, env=env)
    test(made, env)
    well, said = judge("--plugin", "wall", env=env)
    assert well, said


def test_what_cannot_be_made_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "unionhall-wall").mkdir()
    said = [new(*words, cwd=tmp_path, ok=False) for words in (
        ("wall",), ("Wall",), ("news",), ("chapters",), ("fable", "--label", "{{ 7 }}"), ("fable", "--label", "标题"),
    )]  # fmt: skip
    assert ["exists already" in said[0], "is no name" in said[1], *("is taken" in text for text in said[2:4])] == [True] * 4
    assert ["A label has" in said[4], "Choose another label" in said[5]] == [True, True]
    assert list(tmp_path.iterdir()) == [tmp_path / "unionhall-wall"]

"""Runs the contract suite as an author does, in a process of its own, on a plugin that lies in a folder."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# An author's environment has none of these: our own tests need them.
LEFT_OUT = ("cacheprovider", "xdist", "schemathesis", "hypothesispytest", "anyio")
PYTEST = (sys.executable, "-m", "pytest", "-q", *(word for name in LEFT_OUT for word in ("-p", f"no:{name}")))


@pytest.fixture
def beside(tmp_path):
    """Return `beside(folder)`: environment variables with which Python finds a distribution's folder as if it were installed."""

    def find(*folders):
        shelf = tmp_path / "beside"
        for folder in map(Path, folders):
            name, needs, points = _metadata(folder)
            about = shelf / f"{name.replace('-', '_')}-0.1.0.dist-info"
            about.mkdir(parents=True, exist_ok=True)
            head = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0", *(f"Requires-Dist: {need}" for need in needs)]
            (about / "METADATA").write_text("\n".join(head) + "\n")
            (about / "entry_points.txt").write_text("[unionhall.plugins]\n" + "\n".join(points) + "\n")
        paths = os.pathsep.join([str(shelf), *map(str, folders)])
        return os.environ | {"PYTHONPATH": paths, "UNIONHALL_INSTANCE": str(tmp_path / "instance")}

    return find


def _metadata(folder):
    if (folder / "setup.cfg").exists():
        told = configparser.ConfigParser()
        told.read(folder / "setup.cfg", "utf-8")
        lines = told["options.entry_points"]["unionhall.plugins"], told["options"]["install_requires"]
        points, needs = ([line.strip() for line in text.splitlines() if line.strip()] for text in lines)
        return told["metadata"]["name"], needs, points
    told = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    points = [f"{name} = {module}" for name, module in told["entry-points"]["unionhall.plugins"].items()]
    return told["name"], told["dependencies"], points


@pytest.fixture
def judge(tmp_path):
    """Return `judge("--plugin", "sample", env=…)`, which gives (went well, what was printed)."""

    def run(*options, env=None):
        environment = {"UNIONHALL_INSTANCE": str(tmp_path / "instance")} | dict(env or os.environ)
        command = [*PYTEST, "--rootdir", str(tmp_path), "--pyargs", "unionhall.testing.contract", *options]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

    return run


@pytest.fixture
def test():
    """Return `test(folder, env=…)`, which runs the tests of a plugin that lies there."""

    def run(folder, env):
        done = subprocess.run(PYTEST, cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]

    return run

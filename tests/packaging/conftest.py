"""A fresh environment with what people install: our wheel, a third party's, and that of a plugin made a moment ago."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A virtual environment of its own: our wheel and the plugin by pip, third-party libraries borrowed."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    home = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    packages = Path(sysconfig.get_path("purelib", "posix_prefix", home))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    made = [sys.executable, "-m", "unionhall", "plugins", "new", "wall", "--label", "心愿墙", "--folder", str(folder / "made")]
    subprocess.run(made, check=True, capture_output=True, cwd=folder)
    for source, name in ((ROOT, "core"), (ROOT / "tests" / "sample_plugin", "sample"), (folder / "made", "wall")):
        copied = folder / name
        ignored = shutil.ignore_patterns(".git", ".venv", "node_modules", "*.egg-info", "build", "instance", "__pycache__")
        shutil.copytree(source, copied, ignore=ignored)
        build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(copied)]
        subprocess.run(build, check=True, capture_output=True)
        (wheel,) = folder.glob(f"unionhall{'' if name == 'core' else f'_{name}'}-*.whl")
        install = ["install", "-q", "--no-deps", "--no-index", "--ignore-installed", "--target", str(packages), str(wheel)]
        subprocess.run([sys.executable, "-m", "pip", *install], check=True, capture_output=True)

    return python, packages, folder


@pytest.fixture
def environment(installed, tmp_path):
    """The environment with a site of its own: `run`, where packages lie, and where the plugin was made."""
    python, packages, folder = installed

    def run(*command, ok=True):
        clean = {"PATH": os.environ["PATH"], "UNIONHALL_INSTANCE": str(tmp_path / "instance")}
        done = subprocess.run([str(python), *command], cwd=folder, env=clean, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is ok, done.stderr[-3000:]
        return done.stdout

    return run, packages, folder

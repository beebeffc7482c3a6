"""A real site in its own process, and a real Chromium."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from unionhall.testing.pytest_plugin import skip_or_fail

sys.path.insert(0, str(Path(__file__).parent))

ARRANGING = Path(__file__).with_name("arranging.py")
SHOTS = Path(__file__).parent / "shots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
START_SECONDS = 120
FRAME = (640, 480)
"""Width and height of what a camera sees."""
PATIENCE_MILLISECONDS = 15_000
"""How long an assertion about a page, and every step on it, waits by itself: a loaded machine takes its time."""
expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The site's instance folder: text messages and mails of the demo lie in it."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def environment(folder):
    """The environment of the site's processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UNIONHALL_")}
    settings = {"INSTANCE": str(folder), "DEMO": "1", "PASSWORD_COST": "1", "PASSWORD_MEMORY": "8", "SITE_URL": f"http://127.0.0.1:{port}"}
    return clean | {f"UNIONHALL_{name}": value for name, value in settings.items()}


@pytest.fixture(scope="session")
def site(folder, environment):
    """The demo site, web and worker, as `make run` starts it; returns its address."""
    address, command = environment["UNIONHALL_SITE_URL"], [sys.executable, "-m", "unionhall"]
    for step in (["init", "--org", "云麓省总工会"], ["demo"]):
        done = subprocess.run([*command, *step], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-500:] + done.stderr[-3000:]
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen([*command, "serve", "--port", address.rpartition(":")[2]], env=environment, stderr=log, stdout=log)
        try:
            _wait(f"{address}/readyz", server)
            yield address
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture
def command(site, environment):
    """Return `command(*arguments)`: run `unionhall …` beside the running site; gives (exit code, what it said)."""

    def run(*arguments):
        done = subprocess.run([sys.executable, "-m", "unionhall", *arguments], env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture
def arranged(site, environment):
    """Return `arranged(what)`: let `arranging.py` put something into the site; gives what it tells of it."""

    def arrange(what):
        done = subprocess.run([sys.executable, str(ARRANGING), what], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return arrange


def _wait(url, server):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the site did not start")


@pytest.fixture(scope="session")
def launch():
    """Return `launch(*arguments)`: start a Chromium of its own; all are closed at the end."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        skip_or_fail("no Chromium: install Debian's package `chromium`")
    with sync_playwright() as running:
        yield lambda *arguments: running.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])


@pytest.fixture(scope="session")
def chromium(launch):
    """One browser for all tests of this process."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def camera(launch, tmp_path):
    """Return (a browser with a camera, `show(picture)`: what the camera sees when it is opened the next time, a PNG)."""
    film = tmp_path / "film.y4m"
    browser = launch("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")

    def show(picture):
        shot = Image.open(io.BytesIO(picture)).convert("L")
        shot.thumbnail((FRAME[1] - 80, FRAME[1] - 80))
        seen = Image.new("L", FRAME, 150)
        seen.paste(shot, ((FRAME[0] - shot.width) // 2, (FRAME[1] - shot.height) // 2))
        grey = bytes([128]) * (FRAME[0] * FRAME[1] // 2)
        film.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\nFRAME\n" % FRAME + seen.tobytes() + grey)

    yield browser, show
    browser.close()


@pytest.fixture
def person(chromium, site):
    """Return `person(login)`: a page of somebody's own browser, logged in; console errors fail the test."""
    contexts, complaints = [], []

    def arrive(login=None, *, width=1280, height=900, scripts=True, browser=chromium):
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=scripts, base_url=site,
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and "status of 4" not in message.text else None)
        if login:
            page.goto("/login")
            page.fill("#login", login)
            page.fill("#password", f"demo-{login}")
            page.click("main button.btn--primary")
            page.wait_for_url(lambda url: url.endswith(("/desk/", "/my/")))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shot(request):
    """Return `shot(page, name)`: keep a picture to be looked at."""

    def keep(page, name):
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return keep

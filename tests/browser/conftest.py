"""A real site in its own process, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from unionhall.testing.pytest_plugin import skip_or_fail

SHOTS = Path(__file__).parent / "shots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
START_SECONDS = 120


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The site's instance folder: text messages and mails of the demo lie in it."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(folder):
    """The demo site, web and worker, as `make run` starts it; returns its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UNIONHALL_")}
    settings = {"INSTANCE": str(folder), "DEMO": "1", "PASSWORD_COST": "1", "PASSWORD_MEMORY": "8", "SITE_URL": f"http://127.0.0.1:{port}"}
    environment = clean | {f"UNIONHALL_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "unionhall"]
    for step in (["init", "--org", "云麓省总工会"], ["demo"]):
        subprocess.run([*command, *step], env=environment, check=True, capture_output=True)
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, stderr=log, stdout=log)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


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
def chromium():
    """One browser for all tests of this process."""
    playwright = pytest.importorskip("playwright.sync_api") if not os.environ.get("UNIONHALL_NO_SKIP") else __import__(
        "playwright.sync_api", fromlist=["sync_playwright"]
    )
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        skip_or_fail("no Chromium: install Debian's package `chromium`")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def person(chromium, site):
    """Return `person(login)`: a page of somebody's own browser, logged in; console errors fail the test."""
    contexts, complaints = [], []

    def arrive(login=None, *, width=1280, height=900, scripts=True):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=scripts, base_url=site,
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(15_000)
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

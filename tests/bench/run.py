"""`make bench`: what a page costs, side by side with bare Flask on the same server in the same run.

Pages are measured with the page cache off ("uncached": each process's memory of the shell and of story cards stays on, as in
production) and on. Articles are asked for in turn, more of them than any memory holds cards for.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import articles
import measuring
import plugins
import roster
import signups
import sqlalchemy as sa
from measuring import Cost, request

WORDS = ["竞赛", "凉茶", "协商", "青川", "助学", "太极拳", "驿站", "法律援助", "健康体检", "工匠讲堂", "职工代表", "集体协商", "沈一禾", "服务机制"]
RARE = articles.VOCABULARY[40:1000:60]
QUERIES = [*WORDS, *RARE, *(f"{a} {b}" for a, b in zip(WORDS, [*RARE, *WORDS], strict=False))]
PHRASES = [f"“{did}{what}”" for did, what in zip(articles.DID, articles.WHAT, strict=False)]
TARGETS = {"article": 2.5, "list p1": 3.0, "list p50": 3.0, "home": 4.0}
HEAD = f"{'':44}{'CPU ms':>9}{'x page':>8}{'x hello':>9}{'p50 ms':>9}{'p99 ms':>9}{'req/s':>9}{'bytes':>9}"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Table:
    """Prints a line for each measurement, as ratios to the control."""

    def __init__(self) -> None:
        self.hello = self.page = 1.0

    def line(self, name: str, cost: Cost) -> None:
        """Print one measurement."""
        ratios = f"{cost.cpu / self.page:8.2f}{cost.cpu / self.hello:9.2f}"
        say(f"{name:44}{cost.cpu:9.3f}{ratios}{cost.p50:9.2f}{cost.p99:9.2f}{cost.rate:9.0f}{cost.size:9}")


def main() -> None:
    """Measure the control, then the site at each size."""
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", default="10000,100000")
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--postgres", default="postgresql://root@127.0.0.1:5432/test")
    options.add_argument("--search", default="whoosh:10000,tantivy:100000,postgres:100000")
    options.add_argument("--roster", type=int, default=0, help="also import a roster of so many people")
    options.add_argument("--plugins", action="store_true", help="only what twenty enabled plugins cost an article")
    options.add_argument("--signups", action="store_true", help="only five hundred sign-ups at once, on SQLite and PostgreSQL")
    chosen = options.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    say(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, granian, one worker of {measuring.THREADS} threads")
    if chosen.signups:
        with tempfile.TemporaryDirectory() as folder:
            signups.run(Path(folder), say)
            signups.run(Path(folder), say, _database(chosen.postgres).replace("+psycopg", ""))
        return
    say(HEAD)
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        control(table, Path(folder), chosen.seconds)
        if chosen.plugins:
            filled(Path(folder) / "plain", 1000)
            plugins.run(table, Path(folder) / "plain", [request(path) for path in addresses(Path(folder) / "plain")], serving, chosen.seconds, say)
            return
        for size in map(int, filter(None, chosen.sizes.split(","))):
            site(table, Path(folder) / str(size), size, chosen.seconds)
        for item in filter(None, chosen.search.split(",")):
            backend, _colon, size = item.partition(":")
            search(table, Path(folder), backend, int(size), chosen)
        importing(Path(folder))
    if chosen.roster:
        roster.measure(chosen.roster, chosen.postgres)


def control(table: Table, folder: Path, seconds: float) -> None:
    """Measure bare Flask."""
    with measuring.granian("control:app", {"BENCH_CONTROL": str(folder)}) as (root, port, _cold):
        hello = measuring.measure(root, port, [request("/hello")], seconds=seconds)
        page = measuring.measure(root, port, [request("/page")], seconds=seconds)
    with measuring.granian("control:pages", {}) as (root, port, _cold):
        kept = measuring.measure(root, port, [request("/kept")], seconds=seconds)
    table.hello, table.page = hello.cpu, page.cpu
    table.line("bare Flask: hello", hello)
    table.line("bare Flask: a query and 15 KB of Jinja", page)
    table.line("bare WSGI: 4 KB from a dictionary", kept)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[tuple[int, int, float]]:
    """Serve the site in a folder."""
    environment = {"UNIONHALL_INSTANCE": str(folder), "UNIONHALL_LOG_LEVEL": "WARNING"} | {f"UNIONHALL_{k}": v for k, v in settings.items()}
    with measuring.granian("unionhall.wsgi:app", environment) as server:
        yield server


def filled(folder: Path, size: int, url: str = "") -> None:
    """Make a site with so many articles."""
    from unionhall.app import create_app
    from unionhall.setup import set_up

    folder.mkdir(parents=True, exist_ok=True)
    app = create_app({"instance": folder, "log_level": "ERROR", "page_cache_mb": 0} | ({"database_url": url} if url else {}))
    with app.app_context():
        set_up("云麓省总工会")
    articles.fill(app, size)


def addresses(folder: Path, most: int = 5000) -> list[str]:
    """Return article addresses spread over the whole archive."""
    engine = sa.create_engine(f"sqlite:///{folder / 'unionhall.sqlite3'}")
    query = "SELECT s.slug, a.slug FROM news_article a JOIN news_section s ON s.id = a.section_id ORDER BY a.id * 7919 % 100003 LIMIT :most"
    with engine.connect() as connection:
        rows = connection.execute(sa.text(query), {"most": most}).all()
    engine.dispose()
    return [f"/news/{section}/{slug}/" for section, slug in rows]


def site(table: Table, folder: Path, size: int, seconds: float) -> None:
    """Measure pages, uncached and cached, memory and the cold start."""
    filled(folder, size)
    many = [request(path) for path in addresses(folder)]
    pages = {"article": many, "list p1": [request("/news/bench-3/")], "list p50": [request("/news/bench-3/?page=50")],
             "latest p50": [request("/news/?page=50")], "home": [request("/")]}  # fmt: skip
    for label, megabytes in (("uncached", "0"), ("cached", "32")):
        with serving(folder, PAGE_CACHE_MB=megabytes) as (root, port, cold):
            for name, requests in pages.items():
                asked = requests[:200] if label == "cached" else requests
                target = f" (≤ {TARGETS[name]})" if label == "uncached" and name in TARGETS else ""
                measuring.measure(root, port, asked, seconds=1.0)
                table.line(f"{size:,} articles, {label}: {name}{target}", measuring.measure(root, port, asked, seconds=seconds))
            memory = max(measuring.pss_megabytes(root).values())
            say(f"{f'{size:,} articles, {label}: memory, cold start':44}{memory:9.0f} MB PSS, {cold:.2f} s")


def search(table: Table, folder: Path, backend: str, size: int, chosen: argparse.Namespace) -> None:
    """Measure the page of results; the index is built by the command that an administrator uses."""
    place, url, settings = folder / str(size), "", {"SEARCH_BACKEND": backend}
    if backend == "postgres":
        url = _database(chosen.postgres)
        place, settings = folder / "postgres", settings | {"DATABASE_URL": url}
        filled(place, size, url)
    environment = os.environ | {"UNIONHALL_INSTANCE": str(place)} | {f"UNIONHALL_{name}": value for name, value in settings.items()}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "unionhall", "search", "rebuild", "--json"], env=environment, check=True, capture_output=True)
    built = time.perf_counter() - began
    requests = [request("/search?q=" + "".join(f"%{byte:02x}" for byte in words.encode())) for words in QUERIES]
    phrases = [request("/search?q=" + "".join(f"%{byte:02x}" for byte in words.encode())) for words in PHRASES]
    by_date = [item.replace(b" HTTP/1.1", b"&sort=date HTTP/1.1", 1) for item in requests]
    with serving(place, **settings) as (root, port, _cold):
        for name, asked in (("relevance", requests), ("newest first", by_date), ("phrases", phrases)):
            measuring.measure(root, port, asked, seconds=1.0, database=bool(url), connections=1)
            cost = measuring.measure(root, port, asked, seconds=chosen.seconds * 2, database=bool(url), connections=1)
            table.line(f"search, {backend}, {size:,}: {name}", cost)
        memory = max(measuring.pss_megabytes(root).values())
        say(f"{f'search, {backend}, {size:,}: index, memory':44}{built:9.0f} s to build, {memory:.0f} MB PSS")


def _database(server: str) -> str:
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS unionhall_bench WITH (FORCE)")
        connection.exec_driver_sql("CREATE DATABASE unionhall_bench")
    engine.dispose()
    return url.set(database="unionhall_bench", drivername="postgresql").render_as_string(hide_password=False)


def importing(folder: Path) -> None:
    """Measure an import of Markdown without pictures."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "news" / "exchange"))
    import blog

    blog.write(folder / "blog", 1000, pictures=0)
    environment = os.environ | {"UNIONHALL_INSTANCE": str(folder / "import")}
    command = [sys.executable, "-m", "unionhall"]
    subprocess.run([*command, "init", "--org", "云麓省总工会"], env=environment, check=True, capture_output=True)
    began = time.perf_counter()
    subprocess.run([*command, "import", "markdown", str(folder / "blog"), "--json"], env=environment, check=True, capture_output=True)
    say(f"{'import of 1,000 Markdown files (≥ 200 a second)':52}{1000 / (time.perf_counter() - began):9.0f} articles a second")


if __name__ == "__main__":
    main()

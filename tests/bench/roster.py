"""What an import of the roster costs: a made-up .xlsx, tried and applied, in seconds and MB at the most, on SQLite and PostgreSQL.

`python tests/bench/roster.py [--rows 200000] [--postgres postgresql://…]`, or `make bench` with `--roster`. Each measurement is a
process of its own, as the worker is.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
import xlsxwriter

FAMILY = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁单曾解"
GIVEN = "晓棠小雨志强建国秀英海燕文静一禾丽娟伟明芳敏静怡浩然子轩欣怡"
WORKS = ("青川制药", "青川电机", "云麓纺织", "南岭物流")
TARGETS = {"tried": 60, "applied": 120, "MB": 500}


def write(path: Path, rows: int) -> None:
    """Write a roster of so many people, every hundredth line wrong."""
    from unionhall.members.identity import check_digit

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        for column, word in enumerate(("姓名", "证件号码", "手机号", "工作单位", "岗位", "入会日期")):
            sheet.write_string(0, column, word)
        for at in range(1, rows + 1):
            first = f"330199{1960 + at % 45}{1 + at // 45 % 12:02d}{1 + at // 540 % 28:02d}{at // 15_120 % 1000:03d}"
            number = first + (check_digit(first) if at % 100 else "A")
            name = FAMILY[at % len(FAMILY)] + GIVEN[at % len(GIVEN)] + GIVEN[at * 7 % len(GIVEN)]
            for column, word in enumerate((name, number, f"139{at:08d}", WORKS[at % 4], "职工", "2020-05-01")):
                sheet.write_string(at, column, word)


def once(step: str, folder: Path, url: str) -> None:
    """Do one step in this process and print what it cost, as JSON."""
    from unionhall.app import create_app
    from unionhall.base import clock, db
    from unionhall.hooks.types import SYSTEM
    from unionhall.members.imports import files, queries, running, services
    from unionhall.orgs import queries as orgs

    app = create_app({"instance": folder, "log_level": "ERROR"} | ({"database_url": url} if url else {}))
    with app.app_context():
        if step == "tried":
            token = services.new_token()
            with (folder / "roster.xlsx").open("rb") as source:
                files.keep(token, source)
            with db.unit_of_work():
                services.ask(orgs.root(), token=token, file_name="roster.xlsx", actor=SYSTEM, now=clock.now())
        else:
            with db.unit_of_work():
                services.apply(queries.get(1, SYSTEM), actor=SYSTEM, now=clock.now())
        started = time.monotonic()
        held = running.take(clock.now())
        if held is None:
            raise SystemExit("nothing waits")
        running.run(held)
        seconds, found = time.monotonic() - started, queries.get(1, SYSTEM)
        used = resource.getrusage(resource.RUSAGE_SELF)
        cost = {"seconds": seconds, "CPU": used.ru_utime + used.ru_stime, "MB": used.ru_maxrss / 1024}
        sys.stdout.write(json.dumps(cost | { "state": found.state, "counts": found.counts, "error": found.error}))


def measure(rows: int, postgres: str) -> bool:
    """Measure both steps on both databases; says whether all stayed within their targets."""
    good = True
    for kind in ("sqlite", "postgresql") if postgres else ("sqlite",):
        with tempfile.TemporaryDirectory() as name:
            folder, url = Path(name), ""
            write(folder / "roster.xlsx", rows)
            if kind == "postgresql":
                url = _database(postgres, "CREATE")
            try:
                _set_up(folder, url)
                for step in ("tried", "applied"):
                    good &= _line(kind, step, rows, _run(step, folder, url))
            finally:
                if url:
                    _database(postgres, "DROP")
    return good


def _set_up(folder: Path, url: str) -> None:
    code = "import sys; from unionhall.app import create_app; from unionhall.setup import set_up\n" \
           "app = create_app({'instance': sys.argv[1], 'log_level': 'ERROR'} | ({'database_url': sys.argv[2]} if sys.argv[2] else {}))\n" \
           "with app.app_context(): set_up('云麓省总工会')"  # fmt: skip
    subprocess.run([sys.executable, "-c", code, str(folder), url], check=True)


def _run(step: str, folder: Path, url: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder), "--url", url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _line(kind: str, step: str, rows: int, found: dict[str, float]) -> bool:
    good = found["seconds"] <= TARGETS[step] and found["MB"] <= TARGETS["MB"] and found["state"] in {"tried", "done"}
    told = f"roster of {rows}: {step} on {kind}"
    sys.stdout.write(f"{told:44}{found['seconds']:9.1f} s{found['CPU']:9.1f} CPU s{found['MB']:9.0f} MB  {found['state']} {found['counts']} {found['error']}"
                     f"{'' if good else '  TOO MUCH'}\n")  # fmt: skip
    sys.stdout.flush()
    return good


def _database(server: str, verb: str) -> str:
    name = f"unionhall_roster_{os.getpid()}"
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'{verb} DATABASE "{name}"')
    engine.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def main() -> None:
    """Measure, or do one step for the process that measures."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--postgres", default="postgresql://root@127.0.0.1:5432/test")
    options.add_argument("--step")
    options.add_argument("--folder", type=Path)
    options.add_argument("--url", default="")
    chosen = options.parse_args()
    if chosen.step:
        once(chosen.step, chosen.folder, chosen.url)
    elif not measure(chosen.rows, chosen.postgres):
        sys.exit(1)


if __name__ == "__main__":
    main()

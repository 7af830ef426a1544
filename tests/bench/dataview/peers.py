"""The events of a generated population as rows of DuckDB and of SQLite, asked what DataView's store
is asked: a user's whole history, and an overview of 30 days.

Usage: peers.py ROWS.csv FOLDER OUT.json. The rows are of bench_store's --rows; user 0 to 19 are VIPs.
"""

import csv
import json
import os
import sqlite3
import sys
import time

import duckdb

ROWS, FOLDER, OUT = sys.argv[1:]
HISTORIES = 40
# An overview of rows takes seconds where there is no index for it.
OVERVIEWS = 5
COLUMNS = {
    "session": "TEXT", "user": "TEXT", "at": "BIGINT", "kind": "TEXT", "name": "TEXT", "page": "TEXT",
    "region": "TEXT", "operator": "TEXT", "device": "TEXT", "os": "TEXT", "browser": "TEXT",
    "release": "TEXT", "value": "DOUBLE", "failed": "INTEGER",
}
TABLE = "CREATE TABLE events (" + ", ".join(f'"{name}" {type}' for name, type in COLUMNS.items()) + ")"
# What a list of sessions shows.
HISTORY = """
    SELECT session, min("at"), max("at"), count(*), max(region), max(device), max(browser), max(release),
        sum(CASE WHEN kind = 'page_view' THEN 1 ELSE 0 END),
        sum(CASE WHEN kind = 'exception' THEN 1 ELSE 0 END),
        sum(CASE WHEN kind = 'api_call' THEN 1 ELSE 0 END), sum(failed)
    FROM events WHERE "user" = ? GROUP BY session ORDER BY max("at") DESC LIMIT 100
"""
COUNTS = """
    SELECT "at" // 86400000 AS day, count(*), {uniques},
        sum(CASE WHEN kind = 'page_view' THEN 1 ELSE 0 END),
        sum(CASE WHEN kind = 'exception' THEN 1 ELSE 0 END),
        sum(CASE WHEN kind = 'api_call' THEN 1 ELSE 0 END), sum(failed) {percentiles}
    FROM events GROUP BY day ORDER BY day
"""


def percentiles():
    for name in ("LCP", "FCP", "CLS", "TTFB"):
        for quantile in (0.5, 0.75, 0.95):
            yield f", approx_quantile(value, {quantile}) FILTER (WHERE kind = 'web_vital' AND name = '{name}')"


def asked(ask, of, times):
    """Milliseconds of each question, and how many rows the last one had."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        found = ask(of(number))
        took.append((time.perf_counter() - began) * 1e3)
    took.sort()
    return {
        "p50_ms": took[len(took) // 2], "p95_ms": took[int(0.95 * (len(took) - 1))], "found": len(found),
    }


def measured(title, fill, ask, path, overview, vips):
    began = time.perf_counter()
    fill()
    seconds = time.perf_counter() - began
    print(f"{title}: filled in {seconds:.0f} s", flush=True)
    history = asked(lambda user: ask(HISTORY, [user]), lambda number: vips[number % len(vips)], HISTORIES)
    whole = asked(lambda _: ask(overview, []), lambda number: number, OVERVIEWS)
    size = sum(os.path.getsize(path + end) for end in ("", "-wal", ".wal") if os.path.exists(path + end))
    return {
        "title": title, "user_history": history, "overview_30_days": whole, "bytes": size,
        "fill_seconds": seconds,
    }


def in_duckdb(vips):
    path = os.path.join(FOLDER, "peer.duckdb")
    store = duckdb.connect(path)

    def fill():
        store.execute(TABLE)
        store.execute(f"COPY events FROM '{ROWS}' (HEADER false)")
        store.execute('CREATE INDEX of_user ON events ("user")')
        store.execute("CHECKPOINT")

    uniques = 'approx_count_distinct(session), approx_count_distinct("user")'
    overview = COUNTS.format(uniques=uniques, percentiles="".join(percentiles()))
    ask = lambda sql, values: store.execute(sql, values).fetchall()
    return measured("DuckDB, a row an event, index on the user", fill, ask, path, overview, vips)


def in_sqlite(vips):
    path = os.path.join(FOLDER, "peer.sqlite")
    store = sqlite3.connect(path)

    def fill():
        store.execute(TABLE)
        marks = ", ".join("?" * len(COLUMNS))
        with open(ROWS, newline="") as rows:
            store.executemany(f"INSERT INTO events VALUES ({marks})", csv.reader(rows))
        store.execute('CREATE INDEX of_user ON events ("user")')
        store.commit()

    # It has no percentiles, so it is asked for none, and counts uniques exactly.
    uniques = 'count(DISTINCT session), count(DISTINCT "user")'
    overview = COUNTS.format(uniques=uniques, percentiles="").replace("//", "/")
    ask = lambda sql, values: store.execute(sql, values).fetchall()
    title = "SQLite, a row an event, index on the user, without percentiles"
    return measured(title, fill, ask, path, overview, vips)


with open(ROWS, newline="") as rows:
    first = csv.reader(rows)
    # The generator names them by their number at the end.
    found = {row[1] for row in first if row[1] and int(row[1][16:], 16) < 20}
vips = sorted(found)
answers = {"duckdb": in_duckdb(vips), "sqlite": in_sqlite(vips)}
with open(OUT, "w") as out:
    json.dump(answers, out)

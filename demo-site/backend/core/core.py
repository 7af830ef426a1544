"""The demo bank's core: customers, accounts and transfers in SQLite.

An ordinary service that knows nothing of DNA or OpenTelemetry: the agent is put around it when it
is started (`opentelemetry-instrument python core.py`), as an operations team would do it.
"""

import argparse
import json
import logging
import os
import sqlite3
import urllib.request
from pathlib import Path

from flask import Flask, jsonify, request

BOOKS = Path(__file__).parents[2] / "web/data/books.json"
# A gateway that hangs must not hold the bank's threads for ever.
SMS_SECONDS_MAX = 15

app = Flask("core")
log = logging.getLogger("core")


def database():
    """A connection: SQLite's are not shared between threads."""
    connection = sqlite3.connect(app.config["DATABASE"], timeout=10)
    connection.row_factory = sqlite3.Row
    return connection


def open_books():
    """Writes the made-up books into an empty database."""
    accounts = json.loads(BOOKS.read_text(encoding="utf-8"))["accounts"]
    with database() as db:
        db.executescript(
            """
            CREATE TABLE account (id TEXT PRIMARY KEY, position INTEGER, balance INTEGER, book TEXT);
            CREATE TABLE sign_in (number INTEGER PRIMARY KEY, customer TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP);
            CREATE TABLE transfer (number INTEGER PRIMARY KEY, account TEXT, amount INTEGER,
                                   at TEXT DEFAULT CURRENT_TIMESTAMP);
            """
        )
        db.executemany(
            "INSERT INTO account (id, position, balance, book) VALUES (?, ?, ?, ?)",
            [(it["id"], at, it["balanceMinor"], json.dumps(it)) for at, it in enumerate(accounts)],
        )


def send_code(wait_ms):
    """Has the SMS gateway send a code; how long it may take is for demonstrations."""
    url = f"{app.config['SMS']}/messages"
    body = json.dumps({"template": "sign-in-code", "waitMs": wait_ms}).encode()
    headers = {"content-type": "application/json"}
    message = urllib.request.Request(url, data=body, headers=headers, method="POST")
    with urllib.request.urlopen(message, timeout=SMS_SECONDS_MAX) as answer:
        return json.load(answer)


@app.post("/sign-ins")
def sign_in():
    customer = str(request.get_json()["customer"])
    with database() as db:
        cursor = db.cursor()
        before = cursor.execute(
            "SELECT count(*) AS count FROM sign_in WHERE customer = ?", (customer,)
        ).fetchone()
        cursor.execute("INSERT INTO sign_in (customer) VALUES (?)", (customer,))
    send_code(0)
    log.warning("a customer has signed in, %s times before", before["count"])
    return jsonify(before=before["count"])


@app.get("/accounts")
def accounts():
    with database() as db:
        rows = db.cursor().execute("SELECT balance, book FROM account ORDER BY position").fetchall()
    return jsonify([{**json.loads(row["book"]), "balanceMinor": row["balance"]} for row in rows])


@app.post("/transfers")
def transfer():
    order = request.get_json()
    account, amount = str(order["from"]), int(order["amountMinor"])
    with database() as db:
        cursor = db.cursor()
        moved = cursor.execute(
            "UPDATE account SET balance = balance - ? WHERE id = ? AND balance >= ?",
            (amount, account, amount),
        ).rowcount
        if moved == 0:
            return jsonify(code="balance"), 409
        number = cursor.execute(
            "INSERT INTO transfer (account, amount) VALUES (?, ?)", (account, amount)
        ).lastrowid
    return jsonify(reference=f"HB{number:08}")


@app.post("/codes")
def code():
    return jsonify(send_code(int(request.get_json()["waitMs"])))


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True, help="0 takes any free one")
    arguments.add_argument("--sms", required=True, help="URL of the SMS gateway")
    arguments.add_argument("--database", required=True, help="file; made anew at each start")
    given = arguments.parse_args()
    Path(given.database).unlink(missing_ok=True)
    app.config.update(DATABASE=given.database, SMS=given.sms.rstrip("/"))
    open_books()
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", given.port, app, threaded=True)
    print(f"core listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    # Requests are told by traces; the development server's own lines would tell them again.
    logging.getLogger("werkzeug").setLevel(os.environ.get("CORE_ACCESS_LOG", "ERROR"))
    main()

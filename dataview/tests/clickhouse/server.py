"""ClickHouse's engine (chdb, the same code as the server's) behind as much of its HTTP interface
as DataView uses. Only the listening is a stand-in: a query in the address or the body, data of an
INSERT in the body, parameters as param_NAME, user and key in headers, 500 with the engine's words.

Usage: server.py FOLDER. Prints its port.
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from chdb import session

KEY = "a key of the tests"
ENGINE = session.Session(sys.argv[1])
ONE_AT_A_TIME = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()}
        if self.headers.get("X-ClickHouse-Key") != KEY:
            return self.answer(403, "Code: 516. DB::Exception: Authentication failed")
        params = {
            name.removeprefix("param_"): value.replace("\\t", "\t").replace("\\n", "\n").replace("\\\\", "\\")
            for name, value in asked.items()
            if name.startswith("param_")
        }
        try:
            with ONE_AT_A_TIME:
                ENGINE.query(f"USE {asked['database']}")
                if "query" in asked:
                    found = ENGINE.query(asked["query"] + "\n" + body)
                else:
                    ENGINE.query("SET output_format_json_quote_64bit_integers = 0")
                    found = ENGINE.query(body, "JSONEachRow", params=params)
            self.answer(200, str(found))
        except Exception as error:
            self.answer(500, str(error))

    def answer(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()

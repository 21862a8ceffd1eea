"""A proxy that passes requests on to a host and keeps what was sent."""

import http.client
import http.server
import threading


class Recorder:
    """For the length of a `with` block; `url` is the host's as seen through it, `sent` the bodies of all requests."""

    def __init__(self, simulator):
        sent = self.sent = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sent.append(body)
                host = http.client.HTTPConnection(simulator.host, simulator.port, timeout=60)
                hop = {"host", "connection", "content-length"}
                headers = {key: value for key, value in self.headers.items() if key.lower() not in hop}
                host.request("POST", self.path, body, headers)
                answer = host.getresponse()
                text = answer.read()
                self.send_response(answer.status)
                for key, value in answer.getheaders():
                    if key.lower() not in {"transfer-encoding", "content-length", "connection"}:
                        self.send_header(key, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
                host.close()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/wsman"
        self.tls = None

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

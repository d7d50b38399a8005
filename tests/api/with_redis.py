"""Runs the tests of limits against a Redis server of their own too, as `make test-redis` does.

Arguments are handed to pytest. The server listens on 127.0.0.1 only, and keeps nothing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

_START_S = 10


def main() -> None:
    """Run the server, and the tests with its url."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 our own words
    try:
        _wait(port)
        environment = {**os.environ, "QUICKTAKES_TEST_REDIS_URL": f"redis://127.0.0.1:{port}"}
        tests = [sys.executable, "-m", "pytest", "tests/api/test_shared_limits.py", *sys.argv[1:]]
        sys.exit(subprocess.run(tests, env=environment, check=False).returncode)  # noqa: S603 our own words
    finally:
        server.terminate()
        server.wait(_START_S)


def _wait(port: int) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    sys.exit("error: redis-server did not start")


if __name__ == "__main__":
    main()

"""Runs the tests of the records against a PostgreSQL of their own too, as `make test-postgres` does.

Arguments are handed to pytest. The server listens on 127.0.0.1 only, and its folder is deleted in the end.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MOST_S = 60


@contextmanager
def run_postgres() -> Iterator[str]:
    """Run a server while the block runs; give its url, to which the name of a database is to be added.

    A server refuses to run as root: then it runs as ``postgres``, whom Debian's package makes, or as ``nobody``.
    """
    programs, owner, port = find_programs(), find_owner(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> None:
            command = [programs / program, "-D", f"{folder}/server", *arguments]
            with Path(folder, f"{program}.log").open("wb") as log:
                subprocess.run(  # noqa: S603 our own words
                    command, cwd=folder, check=True, timeout=_MOST_S, stdout=log, user=owner.pw_uid, group=owner.pw_gid
                )

        run("initdb", "--auth=trust", "--username=quicktakes", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        run("pg_ctl", "start", "-w", "-l", f"{folder}/server.log", "-o", options)
        try:
            yield f"postgresql://quicktakes@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")


def find_programs() -> Path:
    """Return the folder of PostgreSQL's programs: those on the path, or the newest that Debian installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[4]))
    if not installed:
        sys.exit("error: no initdb on this machine; install PostgreSQL's server")
    return installed[-1].parent


def find_owner() -> pwd.struct_passwd:
    """Return who runs the server."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main() -> None:
    """Run the tests, and exit as they do."""
    with run_postgres() as url:
        command = [sys.executable, "-m", "pytest", "-n", "0", str(Path(__file__).parent), *sys.argv[1:]]
        ended = subprocess.run(command, check=False, env={**os.environ, "QUICKTAKES_TEST_POSTGRES_URL": url})  # noqa: S603 our own words
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()

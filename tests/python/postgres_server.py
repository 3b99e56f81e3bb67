"""A PostgreSQL of the tests' own, in a temporary folder, reached by a socket file only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

SETTINGS = {"listen_addresses": "''", "fsync": "off", "max_connections": "30"}


def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest if there are several."""
    folders = [one.parent for one in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if shutil.which("initdb"):
        folders.append(Path(shutil.which("initdb")).resolve().parent)
    return max(folders, key=lambda one: one.parent.name.zfill(4), default=None)


class PostgresServer:
    """A cluster that is started at once and gone after `stop`."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        # Short, since the path of a socket may not be longer than about 100 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self.data = self.folder / "data"
        # The server refuses to run as root.
        self.identity = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")
        settings = {**SETTINGS, "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "start", "-w", "-l", str(self.folder / "log"), "-o", options)
        self.databases = 0

    def _run(self, program: str, *arguments: str) -> None:
        finished = subprocess.run(
            [str(self.programs / program), *arguments, "-D", str(self.data)],
            **self.identity,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
        assert finished.returncode == 0, f"{program}: {finished.stderr}"

    def new_database(self) -> str:
        """Make an empty database and return its DSN, as the superuser."""
        self.databases += 1
        name = f"cards_{self.databases}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self.dsn(name)

    def dsn(self, database: str, user: str = "postgres") -> str:
        """Return where a database is."""
        return f"host={self.folder} dbname={database} user={user}"

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

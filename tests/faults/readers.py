"""Fifty processes that read while ten publications go by, one of them cut off during its COMMIT."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid

import duckdb
from places import HERE, Place, finish
from postgres_server import PostgresServer, find_postgres
from workspaces import PROJECT

KINDS = {"database": 20, "parquet": 10, "manifest": 6, "page": 6, "postgres": 8}


class Cutter:
    """A way to a PostgreSQL server that is cut off when COMMIT passes."""

    def __init__(self, server, folder, passes_on):
        self.folder, self.passes_on = folder, passes_on
        self.server = f"{server.folder}/.s.PGSQL.5432"
        self.cuts = 0
        folder.mkdir()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{folder}/.s.PGSQL.5432")
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.server)
                for source, target in ((client, server), (server, client)):
                    threading.Thread(
                        target=self._carry, args=(source, target, client), daemon=True
                    ).start()

    def _carry(self, source, target, client):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.cuts and source is not client:
                    break
                if source is client and b"COMMIT" in data:
                    self.cuts += 1
                    if self.passes_on:
                        target.sendall(data)
                        time.sleep(0.5)
                    break
                target.sendall(data)
        for side in (source, target):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)


def copy_to_postgres(place, dsn):
    """Copy what is published, as make publish-postgres does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "card_segments.cli.postgres", "--published",
         str(place.published / "cards.duckdb")],
        cwd=PROJECT,
        env={**os.environ, "CARD_SEGMENTS_DSN": dsn},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    return finish(process)


def read_while_publishing(prepared, folder, publications=10):
    """Publish under the eyes of readers; return the complaints and how much was read."""
    programs = find_postgres()
    kinds = dict(KINDS)
    if programs is None:
        del kinds["postgres"]
    complaints = []
    words = {str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))): ("second", "third")[number % 2]
             for number in range(publications + 1)}  # fmt: skip
    # of one shape: when columns change, who reads several tables may meet a deadlock
    for build in ("after", "next"):
        with duckdb.connect(str(prepared.warehouse(build))) as connection:
            for table in prepared.tables:
                connection.execute(f"alter table {prepared.schema}.{table} drop of_{build}")
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(Place(prepared, folder, "nothing"))
        seats = folder / "seats"
        seats.mkdir()
        dsn = ""
        if programs:
            server = PostgresServer(programs)
            stack.callback(server.stop)
            dsn = server.new_database()

        def publish(build, mark):
            request = {"build": (build, "2026-01-05 05:00:00", "0.2.0"), "page": True}
            outcome = place.publish(mark, **request)
            if outcome.code:
                complaints.append(f"stuck: {outcome.said.strip()[-300:]}")

        first, *others = words.items()
        publish(*first)
        if dsn:
            copied = copy_to_postgres(place, dsn)
            assert copied.code == 0, copied.said
        readers = []
        for kind, count in kinds.items():
            for number in range(count):
                request = {
                    "kind": kind,
                    "published": str(place.published),
                    "place": str(seats / f"{kind}{number}"),
                    "file": ("cards.duckdb", "shared.duckdb")[number % 2],
                    "tables": list(prepared.tables),
                    "words": words,
                    "dsn": dsn,
                }
                command = [sys.executable, str(HERE / "reader.py"), json.dumps(request)]
                readers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        wait_for_a_read(seats, len(readers))
        for number, (build, mark) in enumerate(others):
            publish(build, mark)
            if dsn and number in (publications // 3, 2 * publications // 3):
                # the first is not passed on, of the second only the answer is lost
                cutter = Cutter(server, server.folder / f"cut{number}", number > publications // 2)
                outcome = copy_to_postgres(place, dsn.replace(
                    f"host={server.folder}", f"host={cutter.folder}"
                ))  # fmt: skip
                if not cutter.cuts or outcome.code == 0 or "Traceback" in outcome.said:
                    complaints.append(f"unclear: cut off during COMMIT: {outcome.said.strip()}")
            elif dsn:
                copied = copy_to_postgres(place, dsn)
                if copied.code:
                    complaints.append(f"stuck: {copied.said.strip()[-300:]}")
            wait_for_a_read(seats, len(readers))
        (seats / "stop").touch()
        reads = 0
        for reader in readers:
            found = json.loads(reader.communicate(timeout=120)[0])
            reads += found["reads"]
            complaints += [f"reader: {wrong}" for wrong in found["wrong"]]
            if found["newest"] != publications:
                complaints.append(f"reader: saw build {found['newest']} last")
    return complaints, {"readers": len(readers), "reads": reads, "publications": publications}


def wait_for_a_read(seats, readers, timeout=300):
    """Let every reader begin and end a read: a publication stays until the next but one."""
    before, begun = counts(seats), time.monotonic()
    while time.monotonic() < begun + timeout:
        now = counts(seats)
        if len(now) == readers and all(now[name] >= before.get(name, 0) + 2 for name in now):
            return
        time.sleep(0.1)
    raise TimeoutError("a reader stands still")


def counts(seats):
    """How often each reader has read."""
    return {
        path.name: int(path.read_text() or 0) for path in seats.iterdir() if path.name != "stop"
    }

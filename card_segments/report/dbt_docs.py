"""Put dbt's docs and charts of the published file into one folder, and serve it."""

from __future__ import annotations

import json
import re
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from card_segments.report.pictures import write_pictures

PAGE, ASSETS = "index.html", "assets"
DATA = ("manifest.json", "catalog.json")
# Where dbt's page takes its data; else it would ask a server for the two files.
PLACE_OF_DATA = re.compile(r'"(MANIFEST|CATALOG)\.JSON INLINE DATA"')
# As in the report: nothing is fetched from anywhere but this folder, whatever the data hold.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'none'"
)
# What dbt leaves in its page, and what it should be: addresses that are looked up before they are
# filled in, and an icon that does not exist, both of which the browser's console reports as errors;
# a grey and a blue that are too pale to read for many, links that only their colour tells from the
# text round them, and a part that scrolls, but not by keyboard.
REPAIRS = {
    "<head>": f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">',
    "#8b969e": "#56626b",
    "#0bb;": "#007a7a;",
    "#0bb}": "#007a7a}",
    "</head>": "<style>p > a { text-decoration: underline; }</style></head>",
    'class="detail-body"': 'class="detail-body" tabindex="0"',
    'xlink:href="{{ getIcon(': 'ng-href="{{ getIcon(',
    "${require('./assets/favicons/favicon.ico')}": "data:,",
}


class DocsError(RuntimeError):
    """The docs cannot be written or served; the message is one sentence that says what to do."""


def write_docs(target: Path, published: Path, folder: Path) -> Path:
    """Collect the docs of a build in a folder that can be opened, copied or served as it is.

    Parameters
    ----------
    target : Path
        dbt's target folder, after `dbt docs generate`.
    published : Path
        The published database, which the charts are drawn from.
    folder : Path
        Where the docs go; what it held before is removed.

    Returns
    -------
    Path
        The page to open.

    Raises
    ------
    DocsError
        When one of the two that it reads is not there.
    """
    for name in (PAGE, *DATA):
        if not (target / name).is_file():
            raise DocsError(f"There is no {target / name}; run `dbt docs generate` first.")
    if not published.is_file():
        raise DocsError(f"Nothing is published at {published}; run `make build` first.")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(target / ASSETS, folder / ASSETS)
    write_pictures(published, folder / ASSETS)
    page = (target / PAGE).read_text(encoding="utf-8")
    for wrong, right in REPAIRS.items():
        page = page.replace(wrong, right)
    data = {name: script_of(target / name) for name in DATA}
    page = PLACE_OF_DATA.sub(lambda place: data[f"{place[1].lower()}.json"], page)
    (folder / "index.html").write_text(page, encoding="utf-8")
    return folder / "index.html"


def script_of(file: Path) -> str:
    """Return what a file of dbt's holds as an expression that can stand in a page's script.

    Without the less-than sign, as which a value could end the script, and without the path of the
    project: whoever is given the page need not know where it was built.
    """
    text = file.read_text(encoding="utf-8").replace(json.dumps(str(Path.cwd()))[1:-1], ".")
    return json.dumps(json.loads(text, object_hook=marked_folders)).replace("<", r"\u003c")


def marked_folders(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with a full name whose folders cannot be taken for tables.

    The lineage of a table is that of everything whose full name holds the table's name; so that of
    `segments` would show whatever stands in a folder `segments`.
    """
    if isinstance(entry.get("fqn"), list):
        *folders, name = entry["fqn"]
        entry["fqn"] = [*(f"{folder}/" for folder in folders), name]
    return entry


def serve(folder: Path, port: int) -> None:
    """Serve a folder to this machine only, until it is interrupted.

    Raises
    ------
    DocsError
        When the port cannot be used.
    """

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep the terminal free of a line for each file."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))
    except OSError as error:
        raise DocsError(
            f"Port {port} cannot be used ({error.strerror}); name another one with PORT=8081."
        ) from error
    with server:
        print(f"Served at http://127.0.0.1:{server.server_port}/ until Ctrl-C", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()

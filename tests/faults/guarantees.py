"""The table of docs/guarantees.md: each promise, how it is tested, and what the last run found."""

import collections
import re

from workspaces import PROJECT

PAGE = PROJECT / "docs" / "guarantees.md"
BEGIN, END = "<!-- written by make test-faults -->", "<!-- end of what is written -->"

# What is promised, how it is met with faults, and the kinds of faults.
PROMISES = [
    (
        "A publication is there as a whole or not at all, whenever the publisher is killed.",
        "SIGKILL at random moments, and before its writes, flushes and changes of names, DuckDB's "
        "included; over nothing, two publications, two with a page, and the release before",
        ["publisher at random", "publisher before a call"],
    ),
    (
        "The same holds for a whole build.",
        "SIGKILL at random moments, as nodes begin and end, and while it publishes",
        ["build, at random", "build, at a node border", "build, while it publishes"],
    ),
    (
        "A write, a flush or a change of a name that fails leaves the last publication whole.",
        "each kind of system call fails once with EIO and once with ENOSPC",
        ["failing call"],
    ),
    (
        "A full disk does too; the next build works when there is room.",
        "small disks and few inodes for the published, temporary and warehouse folder",
        ["disk", "warehouse"],
    ),
    (
        "So do missing rights, and nothing of others is changed.",
        "read-only disks; folders, builds and links of another user; chattr +i",
        ["rights"],
    ),
    (
        "So does too little memory, and too few open files.",
        "limits for the process and for DuckDB",
        ["memory"],
    ),
    (
        "Damage to what was published is mended by the next build, or named in a sentence.",
        "files cut, emptied, overwritten and deleted; a publication from the future",
        ["damage", "published"],
    ),
    (
        "One process publishes at a time; others say who does. A lock of a dead one is no lock.",
        "locks that are held or left behind; two and three publishers and builds at once",
        ["locks", "several publishers", "several builds"],
    ),
    (
        "Any name of a folder works, and files of others stay.",
        "odd names; links, files and folders in the places of ours; files of others among ours",
        ["odd places"],
    ),
    ("Clocks decide nothing.", "times in the future, and in the wrong order", ["clocks"]),
    (
        "A published folder of the release before is taken over; one of a newer one does no harm.",
        "complete and incomplete folders of the release before, on small disks as well",
        ["releases"],
    ),
    (
        "A file that changes while it is read is never half published.",
        "a file that grows, is cut, replaced and deleted as its reading begins",
        ["inputs"],
    ),
]


def tally(found, groups):
    """How many faults of some kinds there were, how many of them kills, and how many broke what."""
    cases = [case for case in found["cases"] if case["group"] in groups and not case["skipped"]]
    broken = collections.Counter(
        kind for case in cases for kind in {text.split(":")[0] for text in case["complaints"]}
    )
    return len(cases), sum(case["kills"] for case in cases), broken


def missed(broken):
    """Faults that did not happen, which there should not be."""
    return f"; {broken['harness']} did not happen" if broken["harness"] else ""


def said(broken):
    """What was broken, in words."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(broken.items())) or "none broken"


def summary(found):
    """The lines of the table, and one that sums it up."""
    everything = {case["group"] for case in found["cases"]}
    count, killed, broken = tally(found, everything)
    yield (
        f"The last complete run, on {found['date']}, took {found['minutes']:.0f} minutes: "
        f"**{killed} kills and {count - killed} other faults; {broken['lost']} lost, "
        f"{broken['mixed']} mixed, {broken['stuck']} stuck**, {broken['litter']} left something "
        f"behind, {broken['unclear']} ended without a clear sentence{missed(broken)}."
    )
    yield ""
    yield "| promise | tested by | last run |"
    yield "|---|---|---|"
    for promise, how, groups in PROMISES:
        count, killed, broken = tally(found, groups)
        kinds = [f"{killed} kills"] * bool(killed) + [f"{count - killed} faults"] * (count > killed)
        yield f"| {promise} | {how} | {' and '.join(kinds)}: {said(broken)} |"
    read = found["readers"]
    if read:
        wrong = len(read["complaints"])
        yield (
            "| Whoever reads sees one publication and no error, also in PostgreSQL. | readers of "
            "databases, Parquet, page, manifest and PostgreSQL while publications go by; one "
            "connection is cut off before its COMMIT, one after it | "
            f"{read['readers']} readers, {read['publications']} publications, "
            f"{read['reads']:,} reads: {wrong or 'no'} errors |"
        )


def write(found):
    """Put the table into the page."""
    page = PAGE.read_text(encoding="utf-8")
    text = "\n".join([BEGIN, "", *summary(found), "", END])
    written = re.sub(f"{BEGIN}.*?{END}", lambda _: text, page, flags=re.DOTALL)
    PAGE.write_text(written, encoding="utf-8")

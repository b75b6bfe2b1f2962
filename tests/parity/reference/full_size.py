#!/usr/bin/env python3
"""Compares this project with the published implementations at full size.

  tools/bazel run //tests/parity:full_size
  tools/bazel run //tests/parity:full_size -- --keep ~/parity-cases --seed 12

Makes the Python environment where it is missing (environment.py), lets the
published implementations write their cases (make_cases.py: 2.3 GB, about two
minutes), runs every parity test on them, and prints one table of residuals and
their bars. Exits with 1 if any bar or test fails.

--keep DIR leaves the cases there; a later run with it uses them again and makes
those that are missing.
"""

import argparse
import collections
import json
import math
import os
import subprocess
import sys
import tempfile

import environment
from make_cases import PARTS
from text_table import text_table

_HERE = os.path.dirname(os.path.realpath(__file__))

Row = collections.namedtuple("Row", "part quantity reference bar value verdict")


def _write_cases(folder, seed):
    """Writes the cases that an earlier run has not; each is there or not."""
    there = {part: os.path.isdir(f"{folder}/{part}") for part in PARTS}
    if any(there.values()):
        names = ", ".join(part for part in PARTS if there[part])
        print(f"using the cases of an earlier run: {names}", flush=True)
    if all(there.values()):
        return
    subprocess.run(
        [
            environment.python(),
            os.path.join(_HERE, "make_cases.py"),
            f"--out={folder}",
            f"--seed={seed}",
            "--only",
            *(part for part in PARTS if not there[part]),
        ],
        check=True,
    )


def residuals(output):
    """The lines PARITY <part> <quantity> <value> <bar> of a test's output.

    Returns {(part, quantity): (value, bar)}; of one that is reported several
    times, the report nearest to its bar or furthest beyond it.
    """
    found = {}
    for line in output.splitlines():
        words = line.split()
        if len(words) != 5 or words[0] != "PARITY":
            continue
        key, value, bar = tuple(words[1:3]), float(words[3]), float(words[4])
        if key not in found or _excess(value, bar) > _excess(*found[key]):
            found[key] = (value, bar)
    return found


def _excess(value, bar):
    """Below, at or above 1 as the value is of its bar."""
    if math.isnan(value):
        return math.inf
    return value / bar if bar else 1 + value


def rows(test, output, exit_status, versions):
    """The table's rows of one test, by its output and how it ended."""
    found = []
    for (part, quantity), (value, bar) in residuals(output).items():
        verdict = "pass" if value <= bar else "FAIL"
        reference = versions.get(part, "?")
        found.append(
            Row(part, quantity, reference, f"{bar:g}", f"{value:g}", verdict)
        )
    if not found:
        found.append(Row(test, "reported nothing", "", "", "", "FAIL"))
    elif exit_status and all(row.verdict == "pass" for row in found):
        found.append(Row(test, "another check", "", "", "", "FAIL"))
    return found


def _run_test(test, folder):
    """A test program's output and exit status."""
    done = subprocess.run(
        [os.path.abspath(test)],
        env=dict(os.environ, CULTUREMERT_PARITY_CASES=folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return done.stdout, done.returncode


def table(content):
    """Rows as aligned text with a heading."""
    heading = Row("part", "quantity", "reference", "bar", "measured", "")
    return text_table([heading, *content])


def _compare(folder, seed, tests):
    _write_cases(folder, seed)
    with open(os.path.join(folder, "versions.json"), encoding="utf-8") as file:
        versions = json.load(file)
    content = []
    for number, test in enumerate(tests, start=1):
        name = os.path.basename(test)
        print(f"[{number}/{len(tests)}] {name} ...", flush=True)
        output, exit_status = _run_test(test, folder)
        content += rows(name, output, exit_status, versions)
        if exit_status:
            print(output[-4000:], flush=True)
    print("\n" + table(content))
    failed = sum(row.verdict != "pass" for row in content)
    print(f"\n{len(content) - failed} of {len(content)} within their bars")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--keep", metavar="DIR")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("tests", nargs="+", help="parity test programs")
    arguments = parser.parse_args()
    try:
        if arguments.keep:
            # Where the user stands; Bazel runs this among its runfiles.
            start = os.environ.get("BUILD_WORKING_DIRECTORY", ".")
            keep = os.path.join(start, os.path.expanduser(arguments.keep))
            return _compare(keep, arguments.seed, arguments.tests)
        with tempfile.TemporaryDirectory(prefix="parity-") as folder:
            return _compare(folder, arguments.seed, arguments.tests)
    except environment.InstallationError as error:
        print(error, file=sys.stderr)
    except subprocess.CalledProcessError:
        print("the cases could not be written", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Writes parity cases: what published implementations compute, as files.

  make_cases.py --out DIR --seed 11           full size: about 2.3 GB
  make_cases.py --out DIR --seed 7 --tiny     the golden cases of the checkout
  make_cases.py --only cqt --out DIR --seed 3
  make_cases.py --check                       are the golden cases reproduced?

Each part is a folder below DIR, made by the module <part>_case.py, which says
what is in it; DIR/versions.json says which packages computed it. The same seed
gives the same bytes with the same versions on the same kind of processor. A
part is written to a temporary folder first, so that an interrupted run leaves
no half of one; one that exists already is an error.
"""

import argparse
import filecmp
import importlib
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
import warnings

GOLDEN_SEED = 7
GOLDEN = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../golden")

# Part: the module, the function that makes it, the packages that compute it.
PARTS = {
    "mert": ("mert_case", "make", ["transformers"]),
    "mert_pre_ln": ("mert_case", "make_pre_ln", ["transformers"]),
    "cqt": ("cqt_case", "make", ["nnAudio"]),
    "encodec": ("encodec_case", "make", ["encodec"]),
    "loss": ("loss_case", "make", ["transformers", "torch"]),
    "steps": ("steps_case", "make", ["transformers", "torch"]),
    "merging": ("merging_case", "make", ["torch", "numpy"]),
    "metrics": ("metrics_case", "make", ["scikit-learn"]),
}

# Sums depend on how many threads share them; any fixed number will do.
_THREADS = 2


def _make_part(part, out, seed, tiny):
    """Writes out/<part> completely or not at all; returns its size in bytes."""
    module, function, _ = PARTS[part]
    unfinished = os.path.join(out, f".{part}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        getattr(importlib.import_module(module), function)(
            unfinished, seed, tiny
        )
        os.rename(unfinished, os.path.join(out, part))
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return sum(
        entry.stat().st_size for entry in os.scandir(os.path.join(out, part))
    )


def _write_version(out, part):
    """Adds the part's packages to out/versions.json."""
    path = os.path.join(out, "versions.json")
    versions = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            versions = json.load(file)
    versions[part] = " + ".join(
        f"{package} {importlib.metadata.version(package)}"
        for package in PARTS[part][2]
    )
    with open(path, "w", encoding="utf-8") as file:
        json.dump(versions, file, indent=1, sort_keys=True)
        file.write("\n")


def make_cases(out, seed, tiny, parts):
    """Writes out/<part> for every part.

    Raises:
      FileExistsError: one of them is there already; nothing is written.
    """
    os.makedirs(out, exist_ok=True)
    for part in parts:
        if os.path.exists(os.path.join(out, part)):
            raise FileExistsError(
                f"{os.path.join(out, part)} exists; remove it or name another "
                "folder with --out"
            )
    import torch  # Slow, and not needed for --help.

    torch.set_num_threads(_THREADS)
    warnings.filterwarnings("ignore")
    for number, part in enumerate(parts, start=1):
        print(f"[{number}/{len(parts)}] {part} ...", end="", flush=True)
        size_bytes = _make_part(part, out, seed, tiny)
        _write_version(out, part)
        print(f" {size_bytes / 1e6:.2f} MB", flush=True)


def _differences(golden, made):
    """Names of files that are not the same in both folders."""
    names = sorted(set(os.listdir(golden)) | set(os.listdir(made)))
    _, different, missing = filecmp.cmpfiles(golden, made, names, shallow=False)
    return different + missing


def check(parts):
    """Makes the golden cases again; prints and counts files that differ."""
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        make_cases(folder, GOLDEN_SEED, True, parts)
        for part in parts:
            golden = os.path.join(GOLDEN, part)
            if not os.path.isdir(golden):
                print(f"{part}: there is no golden case")
                differing += 1
                continue
            names = _differences(golden, os.path.join(folder, part))
            print(f"{part}: {', '.join(names) or 'the same bytes'}")
            differing += len(names)
    return differing


def _arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", metavar="DIR")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not arguments.check and (
        arguments.out is None or arguments.seed is None
    ):
        parser.error("--out and --seed are needed, or --check")
    return arguments


def main():
    arguments = _arguments()
    parts = arguments.only or list(PARTS)
    if arguments.check:
        return 1 if check(parts) else 0
    try:
        make_cases(arguments.out, arguments.seed, arguments.tiny, parts)
    except FileExistsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

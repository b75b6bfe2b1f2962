"""Downloads pinned wheels with pip and unpacks the wanted files of them into a folder, whole or not at all.

Usage: unpack_wheels.py --requirements=FILE --keep=REGEX --into=DIR [--platform=TAG ...]

DIR must not exist yet. The wheels' SHA-256 are checked by pip (--require-hashes).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile


def download(requirements, platforms, folder):
    command = [
        sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-cache-dir", "--quiet",
        "--no-deps", "--only-binary=:all:", "--require-hashes", "--python-version", "3.11", "-d", folder,
        "-r", requirements,
    ] + ["--platform=" + tag for tag in platforms]
    return subprocess.run(command, check=False).returncode


def unpack(wheel, keep, folder):
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.is_dir() or not keep.match(member.filename):
                continue
            path = archive.extract(member, folder)
            os.chmod(path, (member.external_attr >> 16) & 0o777 | 0o644)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requirements", required=True)
    parser.add_argument("--keep", type=re.compile, required=True)
    parser.add_argument("--into", required=True)
    parser.add_argument("--platform", action="append", default=[])
    options = parser.parse_args()

    os.makedirs(os.path.dirname(options.into), exist_ok=True)
    work = tempfile.mkdtemp(prefix=os.path.basename(options.into) + ".", dir=os.path.dirname(options.into))
    try:
        wheels, tree = os.path.join(work, "wheels"), os.path.join(work, "tree")
        if download(options.requirements, options.platform, wheels):
            return 1
        for wheel in sorted(os.listdir(wheels)):
            unpack(os.path.join(wheels, wheel), options.keep, tree)
        try:
            os.rename(tree, options.into)
        except OSError:
            if not os.path.isdir(options.into):  # Another clone may have been faster: its copy is as good.
                raise
    finally:
        shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The Python that has the published implementations, installed once a user.

  $(tests/parity/reference/environment.py) make_cases.py --help

Prints the interpreter of ~/.cache/culturemert/python-<hash>, where the hash is
that of what is installed, and installs it first if it is not there: about
800 MB of downloads with pip from the registry that pip is set up to use, 2 GB
on disk. It appears under its name when it is complete; a killed installation is
removed by the next one.

The registry's torch is built for CUDA and needs NVIDIA's libraries even on a
machine without a GPU. Those that this machine has already are not fetched; the
others are (up to 2 GB). Where torch's own index can be reached, its CPU build
is enough and the smallest:

  PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu

CULTUREMERT_PYTHON=<program> uses a Python that has the packages already.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv

_HERE = os.path.dirname(os.path.realpath(__file__))
_REQUIREMENTS = os.path.join(_HERE, "requirements.txt")
_OLDEST_PYTHON = (3, 11)

# The shared libraries that torch 2.11.0 for CUDA loads, and their wheels.
_NVIDIA_WHEELS = {
    "libcublas.so.13": "nvidia-cublas==13.1.0.3",
    "libcublasLt.so.13": "nvidia-cublas==13.1.0.3",
    "libcudart.so.13": "nvidia-cuda-runtime==13.0.96",
    "libcudnn.so.9": "nvidia-cudnn-cu13==9.19.0.56",
    "libcufft.so.12": "nvidia-cufft==12.0.0.61",
    "libcufile.so.0": "nvidia-cufile==1.15.1.6",
    "libcupti.so.13": "nvidia-cuda-cupti==13.0.85",
    "libcurand.so.10": "nvidia-curand==10.4.0.35",
    "libcusparse.so.12": "nvidia-cusparse==12.6.3.3",
    "libcusparseLt.so.0": "nvidia-cusparselt-cu13==0.8.0",
    "libnccl.so.2": "nvidia-nccl-cu13==2.28.9",
    "libnvJitLink.so.13": "nvidia-nvjitlink==13.0.88",
    "libnvshmem_host.so.3": "nvidia-nvshmem-cu13==3.4.5",
}

_CHECK = "import encodec, nnAudio.features.cqt, sklearn, torch, transformers"


class InstallationError(Exception):
    """The message says what failed and what to do."""


def _say(line):
    print(line, file=sys.stderr, flush=True)


def _folder():
    with open(_REQUIREMENTS, encoding="utf-8") as file:
        content = (file.read(), sorted(_NVIDIA_WHEELS.items()))
    version = tuple(sys.version_info[:2])
    digest = hashlib.sha256(repr((content, version)).encode())
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    name = f"python-{digest.hexdigest()[:12]}"
    return os.path.join(cache, "culturemert", name)


def _interpreter(folder):
    return os.path.join(folder, "bin", "python")


@contextlib.contextmanager
def _locked(path):
    """Waits for other installations; a killed one holds no lock."""
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(folder, arguments):
    """pip install without dependencies, into the environment `folder`."""
    command = [
        *(sys.executable, "-m", "pip", "--python", _interpreter(folder)),
        *("install", "--disable-pip-version-check", "--quiet", "--no-deps"),
        *("--no-cache-dir", "--retries", "2", *arguments),
    ]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines()[-6:]
        raise InstallationError(
            "pip could not install the published implementations:\n"
            + "".join(f"    {line}\n" for line in lines)
            + "Where no registry can be reached, set\n"
            "  PIP_INDEX_URL=<a mirror>, or\n"
            "  PIP_NO_INDEX=1 PIP_FIND_LINKS=<a folder with the wheels>, or\n"
            "  CULTUREMERT_PYTHON=<a Python that has the packages of\n"
            f"    {_REQUIREMENTS}>"
        )


def _is_missing(library):
    try:
        ctypes.CDLL(library)
        return False
    except OSError:
        return True


def _cuda_version(folder):
    """What torch is built for: "13.0", or "" for its CPU build."""
    code = "from importlib.util import find_spec as f; print(f('torch').origin)"
    command = [_interpreter(folder), "-c", code]
    origin = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
    stated = {}
    path = os.path.join(os.path.dirname(origin.strip()), "version.py")
    with open(path, encoding="utf-8") as file:
        exec(file.read(), stated)  # pylint: disable=exec-used
    return stated.get("cuda") or ""


def _make(folder):
    began = time.monotonic()
    venv.create(folder, with_pip=False)
    _say("[1/3] requirements.txt: about 800 MB")
    _install(folder, ["-r", _REQUIREMENTS])
    wheels = set()
    if _cuda_version(folder):
        wheels = {w for lib, w in _NVIDIA_WHEELS.items() if _is_missing(lib)}
    _say(f"[2/3] NVIDIA libraries: {' '.join(sorted(wheels)) or 'none needed'}")
    if wheels:
        _install(folder, sorted(wheels))
    _say("[3/3] importing")
    done = subprocess.run(
        [_interpreter(folder), "-c", _CHECK], stderr=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise InstallationError(
            "the packages were installed but cannot be imported:\n"
            + done.stderr.strip()
        )
    _say(f"installed in {time.monotonic() - began:.0f} s")


def python():
    """The path of the interpreter, installed first where it is missing.

    Raises:
      InstallationError: it could not be installed; nothing is left of it.
    """
    given = os.environ.get("CULTUREMERT_PYTHON")
    if given:
        return given
    if sys.version_info < _OLDEST_PYTHON:
        raise InstallationError(
            "the published implementations need Python 3.11 or newer, and "
            f"{sys.executable} is {sys.version.split()[0]}"
        )
    folder = _folder()
    if os.path.exists(folder):
        return _interpreter(folder)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with _locked(folder + ".lock"):
        if os.path.exists(folder):  # Another process was faster.
            return _interpreter(folder)
        _say(f"installing the published implementations, once: {folder}")
        unfinished = folder + ".unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            _make(unfinished)
            os.rename(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return _interpreter(folder)


def main():
    try:
        print(python())
    except InstallationError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

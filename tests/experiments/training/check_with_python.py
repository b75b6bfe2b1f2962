#!/usr/bin/env python3
"""What only Python's own programs can say of this project's training.

  tools/bazel build //tests/experiments/training:tiny_training_main
  tests/experiments/training/check_with_python.py torchrun tensorboard

torchrun     torchrun --no-python starts the tiny training as two processes;
             they end with the weights and metrics of one process, to the bit.
tensorboard  TensorBoard's reader finds in the event file every number of
             metrics.jsonl and speed.jsonl.

torchrun comes from the environment of tests/parity/reference/environment.py;
TensorBoard is installed with pip into ~/.cache/culturemert/ the first time.
Exits with 0 if all that was asked for holds.
"""

import argparse
import glob
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import venv

_TENSORBOARD = "tensorboard==2.20.0"
_ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
_ENVIRONMENT = os.path.join(_ROOT, "tests/parity/reference/environment.py")

# Prints {tag: [[step, value], ...]} of the folder it is given.
_READ_EVENTS = """
import json, sys
from tensorboard.backend.event_processing import event_accumulator
events = event_accumulator.EventAccumulator(
    sys.argv[1], size_guidance={event_accumulator.SCALARS: 0})
events.Reload()
print(json.dumps({
    tag: [[event.step, event.value] for event in events.Scalars(tag)]
    for tag in events.Tags()["scalars"]}))
"""


class CheckError(Exception):
    """The message says what does not hold."""


def _run(command, **options):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, **options)
    if done.returncode:
        raise CheckError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}")
    return done.stdout


def _read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def _records(folder, name):
    return [json.loads(line) for line in _read(folder, name).splitlines()]


def _train_alone(program, folder):
    _run([program, folder], env={**os.environ, "OMP_NUM_THREADS": "1"})


def check_torchrun(program, work):
    python = _run([sys.executable, _ENVIRONMENT]).split()[-1]
    alone = os.path.join(work, "alone")
    together = os.path.join(work, "together")
    _train_alone(program, alone)
    _run([python, "-m", "torch.distributed.run", "--no-python",
          "--nproc_per_node=2", "--standalone", program,
          together],
         env={**os.environ, "OMP_NUM_THREADS": "1"})
    for name in ("weights", "metrics.jsonl"):
        if _read(alone, name) != _read(together, name):
            raise CheckError(f"two processes under torchrun: another {name}")
    return "two processes end with the weights and metrics of one"


def _tensorboard_python():
    folder = os.path.expanduser(
        f"~/.cache/culturemert/{_TENSORBOARD.replace('==', '-')}")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(folder):
        unfinished = folder + ".unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        venv.create(unfinished, with_pip=True)
        _run([os.path.join(unfinished, "bin", "python"), "-m", "pip", "install",
              "--quiet", _TENSORBOARD, "setuptools<81"])
        os.rename(unfinished, folder)
    return python


def _as_float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def check_tensorboard(program, work):
    folder = os.path.join(work, "tensorboard")
    _train_alone(program, folder)
    if len(glob.glob(os.path.join(folder, "events.out.tfevents.*"))) != 1:
        raise CheckError("there is not one event file")
    python = _tensorboard_python()
    output = _run([python, "-c", _READ_EVENTS, folder])
    found = json.loads(output.splitlines()[-1])
    expected = {}
    for name, prefix in (("metrics.jsonl", ""), ("speed.jsonl", "speed/")):
        for record in _records(folder, name):
            for key, value in record.items():
                if key not in ("update", "stage"):
                    expected.setdefault(prefix + key, []).append(
                        [record["update"], _as_float32(value)])
    if found != expected:
        different = sorted(
            tag for tag in found.keys() | expected.keys()
            if found.get(tag) != expected.get(tag))
        raise CheckError(f"TensorBoard reads other values of {different}")
    return f"TensorBoard reads the {len(found)} curves of the logs"


_CHECKS = {"torchrun": check_torchrun, "tensorboard": check_tensorboard}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checks", nargs="+", choices=sorted(_CHECKS))
    parser.add_argument(
        "--program", help="tiny_training_main, where bazel-bin has it not")
    arguments = parser.parse_args()
    program = arguments.program or os.path.join(
        _ROOT, "bazel-bin/tests/experiments/training/tiny_training_main")
    failed = False
    for name in arguments.checks:
        with tempfile.TemporaryDirectory() as work:
            try:
                print(f"{name}: {_CHECKS[name](os.path.abspath(program), work)}")
            except CheckError as error:
                failed = True
                print(f"{name}: FAILED: {error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Checks that files of weights are read and written as PyTorch and safetensors do. Run by hand:

    tools/bazel build //tests/models/weights:weights_to_safetensors
    "$VENV/bin/python" compare_with_python.py bazel-bin/tests/models/weights/weights_to_safetensors FILE...

(make_golden.py tells how to make the environment.) Each file, of safetensors or torch.save, is read by the program and
written as safetensors; Python reads both and compares every element. Where Python wrote a safetensors file itself, its
bytes are compared too.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file


def flatten(value, name="", inside=()):
    """Names as FlattenPickle makes them."""
    if id(value) in inside:
        return
    if isinstance(value, torch.Tensor):
        yield name, value
        return
    inside += (id(value),)
    if hasattr(value, "__dict__") and not isinstance(value, dict):
        value = vars(value)
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    else:
        return
    for key, member in items:
        yield from flatten(member, f"{name}.{key}" if name else str(key), inside)


def load(path):
    """The tensors and metadata of the file, by the Python libraries."""
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
        return load_file(path), metadata or {}
    except Exception:
        return dict(flatten(torch.load(path, weights_only=False, map_location="cpu"))), {}


def bits(tensor):
    tensor = tensor.detach().contiguous()
    return bytes(tensor.reshape(-1).view(torch.uint8).numpy().data) if tensor.numel() else b""


def main():
    program, paths = sys.argv[1], sys.argv[2:]
    failed = False
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            written = pathlib.Path(folder) / "ours.safetensors"
            print(f"{path}\n  " + subprocess.run([program, path, written], check=True, capture_output=True,
                                                  text=True).stdout.strip())
            start = time.perf_counter()
            expected, metadata = load(path)
            print(f"  Python loaded it in {time.perf_counter() - start:.4f} s")
            found, found_metadata = load(written)
            wrong = sorted(set(expected) ^ set(found))
            for name in set(expected) & set(found):
                a, b = expected[name], found[name]
                if a.dtype != b.dtype or a.shape != b.shape or bits(a) != bits(b):
                    wrong.append(name)
            if metadata != found_metadata:
                wrong.append("__metadata__")
            theirs = pathlib.Path(folder) / "theirs.safetensors"
            plain = {name: tensor.detach().clone().contiguous() for name, tensor in expected.items()}
            start = time.perf_counter()
            save_file(plain, theirs, metadata=metadata or None)
            seconds = time.perf_counter() - start
            same_bytes = len(metadata) > 1 or theirs.read_bytes() == written.read_bytes()
            print(f"  Python wrote it in {seconds:.4f} s; {len(expected)} tensors: "
                  f"{'DIFFERENT: ' + ', '.join(wrong[:5]) if wrong else 'the same'}; "
                  f"{'the same bytes' if same_bytes else 'OTHER BYTES'}")
            failed |= bool(wrong) or not same_bytes
    sys.exit(failed)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the golden files of the tests of weights with PyTorch and safetensors themselves.

They are in the repository, so that the tests need no Python. To make them anew:

    python3 -m venv "$VENV"
    "$VENV/bin/pip" install torch==2.11.0 safetensors==0.8.0 numpy
    "$VENV/bin/python" make_golden.py golden

safetensors_test.cc has the same tensors as `typed_tensors` and expects the same bytes. What torch.save writes has
addresses and random numbers in it, so its files change each time; `state_dict.safetensors` says what they hold.
"""

import argparse
import collections
import pathlib
import sys
import types

import torch
from safetensors.torch import save_file

TYPES = ["bool", "uint8", "int8", "float8_e5m2", "float8_e4m3fn", "int16", "uint16", "float16", "bfloat16", "int32",
         "uint32", "float32", "float64", "int64", "uint64"]


def typed_tensors():
    """Elements 0, 1, 0, 1, 0, 1, named so that the order by type is not the order by name."""
    values = torch.arange(6).reshape(2, 3) % 2
    return {f"{len(TYPES) - i:02}.{name}": values.to(getattr(torch, name)) for i, name in enumerate(TYPES)}


def odd_tensors():
    return {
        "aé\"\\\n\x01\x7f/ \U0001f600": torch.tensor(1.5),
        "b": torch.zeros((0, 3)),
        "a": torch.arange(24, dtype=torch.float32).reshape(2, 3, 4).permute(2, 0, 1).contiguous(),
    }


# torch.save writes these in its old format so that torch.load cannot read them.
NOT_IN_LEGACY_FILES = {"float8_e5m2", "float8_e4m3fn", "uint16", "uint32", "uint64"}


def state_dict(types=TYPES):
    base = torch.arange(24, dtype=torch.float32)
    tensors = collections.OrderedDict()
    tensors["whole"] = base.reshape(4, 6)
    tensors["transposed"] = base.reshape(4, 6).t()
    tensors["part"] = base[5:17:3]
    tensors["repeated"] = base[7:8].expand(3, 5)
    tensors["scalar"] = torch.tensor(-2.5, dtype=torch.float64)
    tensors["empty"] = torch.zeros((0, 3))
    tensors["parameter"] = torch.nn.Parameter(torch.ones(2, 2))
    annotated = torch.nn.Parameter(torch.full((3,), 7.0))
    annotated.note = "an attribute"
    tensors["annotated"] = annotated
    for name in types:
        tensors["type." + name] = (torch.arange(5) % 2).to(getattr(torch, name))
    tensors._metadata = collections.OrderedDict({"": {"version": 1}})
    return tensors


class Dictionary:
    """Stands for fairseq.data.dictionary.Dictionary, which keeps its symbols the same way."""

    def __init__(self, symbols):
        self.symbols = symbols
        self.count = [1] * len(symbols)
        self.indices = {symbol: i for i, symbol in enumerate(symbols)}


def fairseq_checkpoint():
    config = argparse.Namespace(arch="mert", layers=12, learning_rate=5e-4)
    config.itself = config
    return {
        "args": config,
        "model": collections.OrderedDict(weight=torch.arange(4.0), bias=torch.arange(2.0)),
        "best_loss": 0.25,
        "bytes": b"\x00\xff",
        "set": {3},
        "large": 1 << 80,
        "negative": -5,
        "task_state": {"dictionaries": [Dictionary(["<s>", "<pad>", "é"])], "names": ("a", "b")},
        "last_optimizer_state": {"state": {0: {"step": 10, "exp_avg": torch.full((4,), 0.5)}}},
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    module = types.ModuleType("fairseq.data.dictionary")
    sys.modules["fairseq"] = sys.modules["fairseq.data"] = sys.modules["fairseq.data.dictionary"] = module
    module.Dictionary = Dictionary
    Dictionary.__module__ = "fairseq.data.dictionary"

    save_file(typed_tensors(), folder / "types.safetensors")
    save_file(odd_tensors(), folder / "odd.safetensors", metadata={"format \"é\"": "pt\n"})
    save_file({}, folder / "none.safetensors")
    plain = {name: tensor.detach().clone().contiguous() for name, tensor in state_dict().items()}
    save_file(plain, folder / "state_dict.safetensors")

    torch.save(state_dict(), folder / "state_dict_zip.pt")
    torch.save(state_dict(), folder / "state_dict_protocol_5.pt", pickle_protocol=5)
    legacy_types = [name for name in TYPES if name not in NOT_IN_LEGACY_FILES]
    torch.save(state_dict(legacy_types), folder / "state_dict_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(fairseq_checkpoint(), folder / "fairseq_zip.pt")
    torch.save(fairseq_checkpoint(), folder / "fairseq_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(torch.arange(3), folder / "tensor.pt")
    torch.jit.script(torch.nn.Linear(1, 1)).save(str(folder / "torchscript.pt"))


if __name__ == "__main__":
    main()

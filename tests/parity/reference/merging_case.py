"""Merged models, in float32 and by the order of operations that is stated.

Task arithmetic (Ilharco et al., ICLR 2023) by PyTorch as its published code
does it; averages, TIES (Yadav et al., NeurIPS 2023), DARE (Yu et al., ICML
2024, its choice by Philox4x32-10 as random_stream.h forms counters) and
spherical interpolation (Shoemake, SIGGRAPH 1985) by NumPy.

Files of merging/:

  base.safetensors             float32 tensors and an integer
  adapted_<k>.safetensors      k = 0..3
  expected_<name>.safetensors  what each case of case.json merges to
  case.json                    the options of each case

All of it is exact: another implementation has to give the same bits.
"""

import math

import numpy as np
import torch

from case_files import CaseWriter

MODELS = 4
MASK64 = (1 << 64) - 1

CASES = {
    "task_arithmetic": {"method": "task_arithmetic", "scale": 0.2},
    "negation": {"method": "task_arithmetic", "scale": -0.7, "models": 1},
    "average": {"method": "average"},
    "ties": {"method": "ties", "scale": 1.0, "density": 0.3},
    "dare": {"method": "dare", "scale": 0.2, "drop_rate": 0.8, "seed": 5},
    "slerp": {"method": "slerp", "interpolation": 0.3, "models": 2},
}


def _shapes(tiny):
    if tiny:
        return {
            "encoder.bias": [5],
            "encoder.norm.weight_g": [1, 1, 7],
            "encoder.weight": [33, 40],
        }
    return {
        "encoder.bias": [3072],
        "encoder.norm.weight_g": [1, 1, 128],
        "encoder.norm.weight_v": [768, 48, 128],
        "encoder.weight": [3072, 768],
    }


def _models(seed, tiny):
    """The base and the adapted models: name -> float32 array."""
    rng = np.random.default_rng(seed)
    base = {
        name: rng.standard_normal(shape).astype(np.float32)
        for name, shape in _shapes(tiny).items()
    }
    adapted = []
    for _ in range(MODELS):
        model = {}
        for name, values in base.items():
            change = 0.05 * rng.standard_normal(values.shape)
            change[rng.random(values.shape) < 0.1] = 0
            model[name] = (values + change).astype(np.float32)
        adapted.append(model)
    return base, adapted


def _fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK64
    return value


def _philox(seed, stream, index):
    """Four uint32 arrays: the bits at each index of a uint64 array."""
    low32 = np.uint64(0xFFFFFFFF)
    counter = [
        index & low32,
        index >> np.uint64(32),
        np.full_like(index, stream & 0xFFFFFFFF),
        np.full_like(index, stream >> 32),
    ]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        product0 = np.uint64(0xD2511F53) * counter[0]
        product1 = np.uint64(0xCD9E8D57) * counter[2]
        counter = [
            (product1 >> np.uint64(32)) ^ counter[1] ^ np.uint64(key[0]),
            product1 & low32,
            (product0 >> np.uint64(32)) ^ counter[3] ^ np.uint64(key[1]),
            product0 & low32,
        ]
        key = [
            (key[0] + 0x9E3779B9) & 0xFFFFFFFF,
            (key[1] + 0xBB67AE85) & 0xFFFFFFFF,
        ]
    return counter


def _substream(seed, stream, number):
    block = _philox(
        seed ^ _fnv1a("substream"), stream, np.array([number], np.uint64)
    )
    words = [int(word[0]) for word in block]
    return words[0] | words[1] << 32, words[2] | words[3] << 32


def _uniform(seed, stream, count):
    """float32 in [0, 1) at the indices 0 to count - 1."""
    bits = _philox(seed, stream, np.arange(count, dtype=np.uint64))[0]
    return (bits >> np.uint64(8)).astype(np.float32) * np.float32(2.0**-24)


def _task_arithmetic(base, adapted, options):
    """As task_vectors.py: sum(vectors).apply_to(base, scale)."""
    merged = {}
    for name, values in base.items():
        start = torch.from_numpy(values)
        vectors = [torch.from_numpy(model[name]) - start for model in adapted]
        merged[name] = (start + options["scale"] * sum(vectors)).numpy()
    return merged


def _average(base, adapted, _):
    count = np.float32(len(adapted))
    return {name: sum(m[name] for m in adapted) / count for name in base}


def _ties(base, adapted, options):
    thresholds = []
    for model in adapted:
        flat = np.concatenate(
            [np.abs(model[name] - base[name]).ravel() for name in base]
        )
        kept = max(1, int(options["density"] * flat.size))
        thresholds.append(np.sort(flat)[::-1][kept - 1])
    merged = {}
    for name, values in base.items():
        zero = np.zeros_like(values)
        trimmed = []
        for model, threshold in zip(adapted, thresholds):
            vector = model[name] - values
            trimmed.append(np.where(np.abs(vector) >= threshold, vector, zero))
        elected = np.sign(sum(trimmed, zero))
        chosen = [
            np.where((np.sign(v) == elected) & (elected != 0), v, zero)
            for v in trimmed
        ]
        agreeing = sum((v != 0).astype(np.float32) for v in chosen)
        mean = sum(chosen, zero) / np.maximum(agreeing, np.float32(1))
        merged[name] = values + np.float32(options["scale"]) * mean
    return merged


def _dare(base, adapted, options):
    drop_rate = np.float32(options["drop_rate"])
    rescale = np.float32(1) / (np.float32(1) - drop_rate)
    merged = {}
    for name, values in base.items():
        total = np.zeros_like(values)
        for k, model in enumerate(adapted):
            stream = _substream(options["seed"], _fnv1a("dare:" + name), k)
            uniform = _uniform(*stream, values.size).reshape(values.shape)
            vector = (model[name] - values) * rescale
            total = total + np.where(
                uniform < drop_rate, np.float32(0), vector
            )
        merged[name] = values + np.float32(options["scale"]) * total
    return merged


def _in_order(products):
    """Their sum from the first to the last, in float64."""
    return float(np.add.accumulate(products)[-1])


def _slerp(base, adapted, options):
    t = options["interpolation"]
    merged = {}
    for name in base:
        first, second = (model[name] for model in adapted)
        a, b = (v.ravel().astype(np.float64) for v in (first, second))
        norms = math.sqrt(_in_order(a * a)) * math.sqrt(_in_order(b * b))
        angle = math.acos(min(1.0, max(-1.0, _in_order(a * b) / norms)))
        first_weight, second_weight = 1 - t, t
        if math.sin(angle) > 1e-6:
            first_weight = math.sin((1 - t) * angle) / math.sin(angle)
            second_weight = math.sin(t * angle) / math.sin(angle)
        merged[name] = (
            np.float32(first_weight) * first
            + np.float32(second_weight) * second
        )
    return merged


_METHODS = {
    "task_arithmetic": _task_arithmetic,
    "average": _average,
    "ties": _ties,
    "dare": _dare,
    "slerp": _slerp,
}


def _tensors(model, updates):
    tensors = {name: torch.from_numpy(v) for name, v in model.items()}
    tensors["updates"] = torch.tensor([updates])
    return tensors


def make(folder, seed, tiny):
    writer = CaseWriter(folder)
    base, adapted = _models(seed, tiny)
    writer.safetensors("base.safetensors", _tensors(base, 100))
    for k, model in enumerate(adapted):
        writer.safetensors(f"adapted_{k}.safetensors", _tensors(model, k))
    cases = {}
    for name, options in CASES.items():
        options = dict({"models": MODELS}, **options)
        cases[name] = options
        merged = _METHODS[options["method"]](
            base, adapted[: options["models"]], options
        )
        assert all(v.dtype == np.float32 for v in merged.values()), name
        writer.safetensors(
            f"expected_{name}.safetensors", _tensors(merged, 100)
        )
    writer.json("case.json", {"seed": seed, "cases": cases})

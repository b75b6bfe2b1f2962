"""Ten updates of a tiny MERT by its pre-training objective, in float64.

Files of steps/:

  model.safetensors  encoder and heads at the start, under the published names
  audio.npy          [4, samples] float32
  masks.npy          [10, 4, frames] bool, another for every update
  codes.npy          [8, 4, frames + 1] int64 in 0..15
  cqt.npy            [4, frames + 2, 336] float32, magnitudes of no real signal
  expected.json      per update: loss, cross-entropy, gradient norm, ...
  final.safetensors  the weights after the last update, rounded to float32
  case.json          sizes and the optimiser's settings

An update accumulates two batches, clips 0 and 1 and clips 2 and 3, whose masks
hide different numbers of frames. As in fairseq, each batch contributes its loss
times its masked frames; the gradients' sum is divided by all masked frames,
clipped to a norm, and applied by fairseq's Adam: epsilon stands beside the
second moment before its bias is corrected, and weight decay is decoupled and on
every tensor. There is no dropout and no layer drop.
"""

import collections
import math

import numpy as np
import torch

import mert_model
import pretraining_model
import signals
from case_files import CaseWriter

_UPDATES = 10
_BATCHES = ((0, 2), (2, 4))
_CODES = 16
_HEAD_DIM = 8
_SIZE = dict(mert_model.TINY, num_hidden_layers=2)

_LEARNING_RATE = 1e-3
_BETAS = (0.9, 0.98)
_EPSILON = 1e-6
_WEIGHT_DECAY = 0.01
_CLIP_NORM = 10.0


class _FairseqAdam:
    """fairseq's optim/adam.py."""

    def __init__(self, parameters):
        self._parameters = parameters
        self._first = [torch.zeros_like(p) for p in parameters]
        self._second = [torch.zeros_like(p) for p in parameters]
        self._updates = 0

    def update(self):
        self._updates += 1
        corrections = [1 - beta**self._updates for beta in _BETAS]
        rate = _LEARNING_RATE * math.sqrt(corrections[1]) / corrections[0]
        states = zip(self._parameters, self._first, self._second)
        with torch.no_grad():
            for parameter, first, second in states:
                gradient = parameter.grad
                first.mul_(_BETAS[0]).add_(gradient, alpha=1 - _BETAS[0])
                second.mul_(_BETAS[1])
                second.addcmul_(gradient, gradient, value=1 - _BETAS[1])
                parameter.mul_(1 - _LEARNING_RATE * _WEIGHT_DECAY)
                denominator = second.sqrt().add_(_EPSILON)
                parameter.addcdiv_(first, denominator, value=-rate)


def _published_name(name):
    name = name.replace("hubert.", "")
    name = name.replace("cqt_fc.", "encoder_cqt_model.fc.")
    return next(iter(mert_model.published_spelling({name: None})))


def _published(model):
    return collections.OrderedDict(
        (_published_name(name), parameter.detach().float())
        for name, parameter in model.named_parameters()
    )


def _mask(frames, rng):
    """bool [4, frames]: each batch's clips have equally many masked frames."""
    parts = [
        pretraining_model.span_mask(end - begin, frames, rng)
        for begin, end in _BATCHES
    ]
    # The second batch loses one more frame a clip, so that the weights of the
    # two differ in every update.
    for row in parts[1]:
        row[rng.choice(np.flatnonzero(row))] = False
    return np.concatenate(parts)


def _backward(model, inputs, mask, clips):
    """Adds one batch's gradients; returns its terms times masked frames."""
    frames = mask.shape[1]
    mask = torch.from_numpy(mask[clips])
    hidden, penalty = model.encode(
        torch.from_numpy(inputs["audio"][clips]).double(),
        mask,
        label_frames=inputs["codes"].shape[2],
    )
    assert hidden.shape[1] == frames
    entropies, cqt_error = model.published_loss(
        hidden,
        mask,
        torch.from_numpy(inputs["codes"])[:, clips, :frames],
        torch.from_numpy(inputs["cqt"]).double()[clips, :frames],
    )
    masked_frames = int(mask.sum())
    loss = sum(entropies) + masked_frames * (
        pretraining_model.PENALTY_WEIGHT * penalty
        + pretraining_model.CQT_WEIGHT * cqt_error
    )
    loss.backward()
    return np.array(
        [
            masked_frames,
            float(loss),
            float(sum(entropies)),
            float(penalty) * masked_frames,
            float(cqt_error) * masked_frames,
        ]
    )


def _update(model, adam, inputs, mask):
    """One update; returns what expected.json says of it."""
    model.zero_grad()
    sums = sum(
        _backward(model, inputs, mask, slice(begin, end))
        for begin, end in _BATCHES
    )
    masked_frames = sums[0]
    for parameter in model.parameters():
        parameter.grad.div_(masked_frames)
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), _CLIP_NORM)
    adam.update()
    means = sums[1:] / masked_frames
    return {
        "masked_frames": int(masked_frames),
        "loss": means[0],
        "cross_entropy": means[1],
        "feature_penalty": means[2],
        "cqt_error": means[3],
        "gradient_norm": float(norm),
    }


def _inputs(seed, samples, frames):
    rng = np.random.default_rng(seed)
    clips = _BATCHES[-1][1]
    codes = rng.integers(0, _CODES, (pretraining_model.BOOKS, clips, frames + 1))
    cqt = rng.gamma(
        2.0, 0.5, (clips, frames + 2, pretraining_model.CQT_BINS)
    )
    return {
        "audio": np.stack([signals.music(samples, seed + i) for i in range(clips)]),
        "masks": np.stack([_mask(frames, rng) for _ in range(_UPDATES)]),
        "codes": codes.astype(np.int64),
        "cqt": cqt.astype(np.float32),
    }


def make(folder, seed, tiny):
    """Writes steps/: clips of 0.4 s, or of 0.2 s when tiny."""
    samples, frames = (4800, 14) if tiny else (9600, 29)
    writer = CaseWriter(folder)
    inputs = _inputs(seed, samples, frames)
    for name, array in inputs.items():
        writer.npy(f"{name}.npy", array)

    torch.manual_seed(seed)
    model = pretraining_model.PretrainingModel(
        mert_model.config(_SIZE), classes=_CODES, head_dim=_HEAD_DIM
    )
    mert_model.randomise(model, seed)
    writer.safetensors("model.safetensors", _published(model))
    model = model.double().train()  # Dropouts are 0.
    adam = _FairseqAdam(list(model.parameters()))
    updates = [
        _update(model, adam, inputs, mask) for mask in inputs["masks"]
    ]
    writer.json("expected.json", {"updates": updates})
    writer.safetensors("final.safetensors", _published(model))
    writer.json(
        "case.json",
        {
            "what": __doc__.split("\n", 1)[0],
            "seed": seed,
            "books": pretraining_model.BOOKS,
            "codes_per_book": _CODES,
            "head_dim": _HEAD_DIM,
            "hidden_size": _SIZE["hidden_size"],
            "layers": _SIZE["num_hidden_layers"],
            "heads": _SIZE["num_attention_heads"],
            "ffn": _SIZE["intermediate_size"],
            "conv_dim": _SIZE["conv_dim"],
            "pos_conv_kernel": _SIZE["num_conv_pos_embeddings"],
            "pos_conv_groups": _SIZE["num_conv_pos_embedding_groups"],
            "first_clip_of_batch": [begin for begin, _ in _BATCHES],
            "learning_rate": _LEARNING_RATE,
            "beta1": _BETAS[0],
            "beta2": _BETAS[1],
            "epsilon": _EPSILON,
            "weight_decay": _WEIGHT_DECAY,
            "clip_norm": _CLIP_NORM,
        },
    )

"""The pre-training loss and its gradients, in float64.

Files of loss/:

  model.safetensors         encoder and heads, under the published names
  audio_clean.npy           [3, samples] float32
  audio_mixed.npy           the same after the mixture plan of case.json: the
                            encoder's input
  mask.npy                  [3, frames] bool
  codes.npy                 [8, 3, frames + 1] int64, from 0
  cqt.npy                   [3, frames + 2, 336] float32, of the clean audio
  expected_specials.json    the terms, the loss, every gradient's norm, with 4
                            rows before each book's codes that are no target
  expected_no_specials.json the same without these rows
  gradients_specials.safetensors  every gradient
  case.json                 sizes and the mixture plan

Everything is computed in float64 from the float32 files; gradients are rounded
to float32. Another program in float64 should agree to some 1e-10. The public
model's broadcast cosine is checked here against a plain softmax cross-entropy.
"""

import collections
import dataclasses

import numpy as np
import torch
from nnAudio.features.cqt import CQT1992v2

import cqt_case
import mert_model
import pretraining_model
import signals
from case_files import CaseWriter

_BATCH = 3
_SPECIALS = 4


@dataclasses.dataclass(frozen=True)
class _Sizes:
    encoder: dict
    codes: int
    head_dim: int
    samples: int
    frames: int


_FULL = _Sizes(
    encoder=dict(mert_model.BASE, num_hidden_layers=2),
    codes=1024,
    head_dim=64,
    samples=24000,
    frames=74,
)
_TINY = _Sizes(
    encoder=dict(mert_model.TINY, num_hidden_layers=2),
    codes=16,
    head_dim=8,
    samples=4800,
    frames=14,
)

_WHAT = (
    "model input is audio_mixed.npy [3, samples]; codes and CQT come from "
    "audio_clean.npy; mask.npy [3, frames] bool; codes.npy [8, 3, frames + 1] "
    "and cqt.npy [3, frames + 2, 336] are longer than the model's frames and "
    "are cut from the front; all dropouts and layerdrop 0; feature_grad_mult "
    "0.1; temperature 0.1; expected_specials.json: label row (codes_per_book + "
    "4) * k + 4 + code (4 dead classes kept); expected_no_specials.json: only "
    "the rows of codes, row codes_per_book * k + code"
)


def _mixture_plan(samples):
    """Pieces of the other clips, joined in order, that are added to a clip."""
    return [
        {
            "clip": 0,
            "from": samples // 8,
            "length": samples // 4,
            "at": samples // 20,
        },
        # Crosses from one of the other clips into the next.
        {
            "clip": 0,
            "from": samples - samples // 9,
            "length": samples // 5,
            "at": samples // 2 + 7,
        },
        # Ends with the clip.
        {
            "clip": 2,
            "from": samples + samples // 25,
            "length": samples // 5,
            "at": samples - samples // 5,
        },
    ]


def _mixed(clean, plan):
    mixed = clean.copy()
    for piece in plan:
        others = np.delete(clean, piece["clip"], axis=0).ravel()
        added = others[piece["from"] : piece["from"] + piece["length"]]
        at = piece["at"]
        mixed[piece["clip"], at : at + piece["length"]] += added
    return mixed


def _without_specials(label_embeddings, codes):
    books = label_embeddings.split(codes + _SPECIALS)
    return torch.cat([book[_SPECIALS:] for book in books])


def _new_model(sizes, specials):
    return pretraining_model.PretrainingModel(
        mert_model.config(sizes.encoder),
        classes=sizes.codes + specials,
        head_dim=sizes.head_dim,
    )


def _expected(model, inputs, specials):
    """The loss's terms as JSON, and the gradients under published names."""
    mask = torch.from_numpy(inputs["mask"])
    frames = mask.shape[1]
    rows = torch.from_numpy(inputs["codes"])[:, :, :frames] + specials
    cqt = torch.from_numpy(inputs["cqt"]).double()[:, :frames]
    hidden, penalty = model.encode(
        torch.from_numpy(inputs["audio_mixed"]).double(),
        mask,
        label_frames=inputs["codes"].shape[2],
    )
    assert hidden.shape[1] == frames
    masked_frames = int(mask.sum())
    entropies, cqt_error = model.published_loss(hidden, mask, rows, cqt)
    plain, _ = model.matmul_loss(hidden, mask, rows, cqt)
    assert abs(float(sum(plain) - sum(entropies))) < 1e-9
    entropy = sum(entropies) / masked_frames
    loss = (
        entropy
        + pretraining_model.PENALTY_WEIGHT * penalty
        + pretraining_model.CQT_WEIGHT * cqt_error
    )
    loss.backward()
    gradients = {
        pretraining_model.published_name(name): parameter.grad
        for name, parameter in model.named_parameters()
    }
    norms = {name: float(grad.norm()) for name, grad in gradients.items()}
    norm = float(np.sqrt(sum(value**2 for value in norms.values())))
    expected = {
        "masked_frames": masked_frames,
        "ce_sum_over_books_mean_over_frames": float(entropy),
        "ce_per_book": [float(e) / masked_frames for e in entropies],
        "feature_penalty": float(penalty),
        "cqt_mse": float(cqt_error),
        "loss": float(loss),
        "formula": "loss = ce + 10 * feature_penalty + 1 * cqt_mse",
        "gradient_norm": norm,
        "clip_factor_at_10": min(1.0, 10.0 / (norm + 1e-6)),
        "gradient_norms": norms,
    }
    return expected, gradients


def _inputs(seed, sizes, plan):
    rng = np.random.default_rng(seed)
    clips = [signals.music(sizes.samples, seed + i) for i in range(_BATCH)]
    clean = np.stack(clips)
    shape = (pretraining_model.BOOKS, _BATCH, sizes.frames + 1)
    codes = rng.integers(0, sizes.codes, shape)
    with torch.no_grad():
        layer = CQT1992v2(**cqt_case.ARGUMENTS)
        cqt = layer(torch.from_numpy(clean)).transpose(1, 2).numpy()
    return {
        "audio_clean": clean,
        "audio_mixed": _mixed(clean, plan),
        "mask": pretraining_model.span_mask(_BATCH, sizes.frames, rng),
        "codes": codes.astype(np.int64),
        "cqt": cqt,
    }


def make(folder, seed, tiny):
    """Writes loss/: 3 clips of 1 s, 2 layers of MERT-95M's width; or tiny."""
    sizes = _TINY if tiny else _FULL
    writer = CaseWriter(folder)
    plan = _mixture_plan(sizes.samples)
    inputs = _inputs(seed, sizes, plan)
    for name, array in inputs.items():
        writer.npy(f"{name}.npy", array)

    torch.manual_seed(seed)
    with_specials = mert_model.randomise(_new_model(sizes, _SPECIALS), seed)
    weights = collections.OrderedDict(
        (name, tensor.clone())
        for name, tensor in with_specials.state_dict().items()
    )
    writer.safetensors(
        "model.safetensors",
        {
            pretraining_model.published_name(name): tensor
            for name, tensor in weights.items()
        },
    )
    # Dropouts are 0: training mode only lets gradients flow.
    expected, gradients = _expected(
        with_specials.double().train(), inputs, _SPECIALS
    )
    writer.json("expected_specials.json", expected)
    writer.safetensors(
        "gradients_specials.safetensors",
        {name: gradient.float() for name, gradient in gradients.items()},
    )

    weights["label_embs_concat"] = _without_specials(
        weights["label_embs_concat"], sizes.codes
    )
    without_specials = _new_model(sizes, specials=0)
    without_specials.load_state_dict(weights)
    expected, _ = _expected(without_specials.double().train(), inputs, 0)
    writer.json("expected_no_specials.json", expected)
    writer.json(
        "case.json",
        {
            "what": _WHAT,
            "seed": seed,
            "books": pretraining_model.BOOKS,
            "codes_per_book": sizes.codes,
            "head_dim": sizes.head_dim,
            "mixture_plan": plan,
            "hidden_size": sizes.encoder["hidden_size"],
            "layers": sizes.encoder["num_hidden_layers"],
            "heads": sizes.encoder["num_attention_heads"],
            "ffn": sizes.encoder["intermediate_size"],
            "conv_dim": sizes.encoder["conv_dim"],
            "pos_conv_kernel": sizes.encoder["num_conv_pos_embeddings"],
            "pos_conv_groups": sizes.encoder["num_conv_pos_embedding_groups"],
        },
    )

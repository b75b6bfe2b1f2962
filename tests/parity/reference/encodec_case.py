"""Codes and latents of EnCodec 24 kHz by the package encodec.

Files of encodec/:

  original.th                    the package's state dict (tiny: no decoder)
  original.safetensors           its encoder and quantiser
  hf_model.safetensors           the same under transformers' names
  hf_model_parametrizations.safetensors  and with torch >= 2's weight norm
  hf_config.json                 transformers' configuration
  audio_<name>.wav               mono, 24 kHz: music, a length that is no
                                 multiple of the hop, one hop, less than a hop
  latents_<name>.npy             [channels, frames] float32, before quantising
  codes_<name>.npy               [8, frames] int64
  margin_<name>.npy              [8, frames] float32: squared distance to the
                                 second nearest code less that to the nearest
  case.json                      sizes, agreements and residuals

Latents are computed in float64 and rounded; codes are those of the package in
float32. Where the margin is near 0 any rounding may turn a code, and with it
the later books of that frame. At full size the original in float32 is 1.1e-5
from the latents, and its codes, transformers' and those of float64 are equal.
"""

import collections

import numpy as np
import torch

import encodec_model
import signals
from case_files import CaseWriter
from case_files import max_abs_difference

_WHAT = (
    "codes_<name>.npy [8, T] int64 (float32 run of the encodec package), "
    "latents_<name>.npy [dim, T] float32 (before quantising, computed in "
    "float64), margin_<name>.npy [8, T] float32: squared distance of the "
    "runner-up minus that of the winner (near 0 = a tie any rounding can turn; "
    "later books of that frame then differ too)"
)


def _write_weights(writer, state, whole):
    """The four spellings; `whole` keeps the decoder in original.th."""
    kept = {k: v for k, v in state.items() if not k.startswith("decoder.")}
    named = {encodec_model.transformers_name(k): v for k, v in kept.items()}
    writer.torch(
        "original.th", collections.OrderedDict(state if whole else kept)
    )
    writer.safetensors("original.safetensors", kept)
    writer.safetensors("hf_model.safetensors", named)
    writer.safetensors(
        "hf_model_parametrizations.safetensors",
        {encodec_model.parametrized_name(k): v for k, v in named.items()},
    )


def _plain_members(config):
    plain = (int, float, str, bool, list, type(None))
    members = config.to_dict().items()
    return {key: value for key, value in members if isinstance(value, plain)}


def _exact_codes(model, latents):
    """Codes and margins, [8, frames] each, of float64 latents [D, frames]."""
    residual, codes, margins = latents.T, [], []
    for layer in model.quantizer.vq.layers[: encodec_model.BOOKS]:
        book = layer._codebook.embed
        distances = torch.cdist(
            residual, book, compute_mode="donot_use_mm_for_euclid_dist"
        )
        nearest = distances.square().topk(2, largest=False)
        codes.append(nearest.indices[:, 0].numpy())
        margins.append((nearest.values[:, 1] - nearest.values[:, 0]).numpy())
        residual = residual - book[nearest.indices[:, 0]]
    return np.stack(codes), np.stack(margins)


def _lengths(tiny):
    return {
        "music": 9600 if tiny else 120000,
        "odd": 5555 if tiny else 54321,
        "one_hop": encodec_model.HOP_SAMPLES,
        "short": 200,
    }


def make(folder, seed, tiny):
    """Writes encodec/: up to 5 s at 6 kbit/s, or a tiny model's codes."""
    writer = CaseWriter(folder)
    torch.manual_seed(seed)
    model, bandwidth = encodec_model.original(tiny)
    encodec_model.randomise(model, seed)
    state = {k: v.contiguous().clone() for k, v in model.state_dict().items()}

    theirs = encodec_model.in_transformers(tiny)
    theirs.load_state_dict(
        {
            encodec_model.parametrized_name(
                encodec_model.transformers_name(k)
            ): v
            for k, v in state.items()
        }
    )
    exact_model, _ = encodec_model.original(tiny)
    exact_model.load_state_dict(state)
    exact_model = exact_model.double()

    _write_weights(writer, state, whole=not tiny)
    writer.json("hf_config.json", _plain_members(theirs.config))
    files = {}
    for name, samples in _lengths(tiny).items():
        audio = signals.music(samples, seed + samples)
        writer.wav(f"audio_{name}.wav", audio)
        batch = torch.from_numpy(audio)[None, None]
        with torch.no_grad():
            codes = model.encode(batch)[0][0][0].numpy()
            single = model.encoder(batch)[0].numpy()
            exact = exact_model.encoder(batch.double())[0]
            exact_codes, margins = _exact_codes(exact_model, exact)
            their_codes = theirs.encode(batch, bandwidth=bandwidth).audio_codes
        their_codes = their_codes.reshape(encodec_model.BOOKS, -1).numpy()
        writer.npy(f"codes_{name}.npy", codes.astype(np.int64))
        writer.npy(f"latents_{name}.npy", exact.numpy().astype(np.float32))
        writer.npy(f"margin_{name}.npy", margins.astype(np.float32))
        files[name] = {
            "samples": samples,
            "frames": codes.shape[1],
            "distinct_codes": len(np.unique(codes[0])),
            "codes_equal_transformers": float((codes == their_codes).mean()),
            "codes_equal_float64": float((codes == exact_codes).mean()),
            "latents_float32_peer_max_abs_error": max_abs_difference(
                single, exact.numpy()
            ),
            "latents_max_abs": float(exact.abs().max()),
        }
    writer.json(
        "case.json",
        {
            "what": _WHAT,
            "seed": seed,
            "bandwidth_kbps": bandwidth,
            "files": files,
        },
    )

"""Hidden states of MERT's encoder by transformers' HubertModel.

Files of mert/ (post-LN, MERT-v1-95M) and mert_pre_ln/ (pre-LN, MERT-v1-330M):

  config.json                        as published
  model.safetensors                  weight norm as weight_g, weight_v
  model_parametrizations.safetensors the same weights as torch >= 2 spells them
  pytorch_model.bin                  the same weights, pickled
  audio.wav, audio_<samples>.wav     mono, 24 kHz
  hidden_states_<samples>.npy        [layers + 1, frames, hidden] float32
  hidden_states_<samples>_norm.npy   the same of the audio at mean 0, variance 1
  case.json                          what is above, and the float32 residuals

mert_pre_ln/ has model.safetensors only. State 0 is what enters the first block:
of post-LN after the entry LayerNorm, of pre-LN before any; the last state of
pre-LN is before the final LayerNorm, as transformers 5 records it.

The expected states are computed in float64 from the float32 files and rounded.
`float32_peer_max_abs_error` is how far the original in float32 is from them: at
full size 2.4e-5 at standard deviation 1; ask no more than some times that of
another float32 program.
"""

import numpy as np
import torch
from transformers import HubertModel
from transformers import Wav2Vec2FeatureExtractor

import mert_model
import signals
from case_files import CaseWriter
from case_files import max_abs_difference

_WHAT = (
    "hidden_states_<samples>.npy [layers+1, T, hidden] float32 of the audio as "
    "it is; hidden_states_<samples>_norm.npy of the same after zero-mean "
    "unit-variance normalisation; transformers' HubertModel in float64, rounded"
)


def _normalised(audio):
    """As the published preprocessor does it for the probing protocols."""
    extractor = Wav2Vec2FeatureExtractor(
        feature_size=1,
        sampling_rate=signals.SAMPLE_RATE_HZ,
        padding_value=0.0,
        do_normalize=True,
        return_attention_mask=True,
    )
    values = extractor(
        audio, sampling_rate=signals.SAMPLE_RATE_HZ, return_tensors="np"
    )
    return np.asarray(values["input_values"][0], np.float32)


def _hidden_states(model, audio):
    """[layers + 1, frames, hidden] in the model's precision."""
    dtype = next(model.parameters()).dtype
    with torch.no_grad():
        batch = torch.from_numpy(audio).to(dtype)[None]
        states = model(batch, output_hidden_states=True).hidden_states
        return torch.stack(states)[:, 0].numpy()


def _make(folder, seed, cfg, lengths, every_spelling):
    writer = CaseWriter(folder)
    model = mert_model.randomise(HubertModel(cfg), seed).eval()
    state = model.state_dict()
    published = mert_model.published_spelling(state)
    writer.json("config.json", mert_model.published_config(cfg))
    writer.safetensors("model.safetensors", published)
    if every_spelling:
        writer.safetensors("model_parametrizations.safetensors", state)
        writer.torch("pytorch_model.bin", published)

    exact_model = HubertModel(cfg)
    exact_model.load_state_dict(state)
    exact_model = exact_model.double().eval()
    files = {}
    for samples in lengths:
        first = samples == lengths[0]
        wav = "audio.wav" if first else f"audio_{samples}.wav"
        audio = signals.music(samples, seed + samples)
        writer.wav(wav, audio)
        for suffix, values in (("", audio), ("_norm", _normalised(audio))):
            exact = _hidden_states(exact_model, values)
            single = _hidden_states(model, values)
            writer.npy(
                f"hidden_states_{samples}{suffix}.npy",
                exact.astype(np.float32),
            )
            files[f"{samples}{suffix}"] = {
                "audio": wav,
                "samples": samples,
                "frames": exact.shape[1],
                "std_per_state": [round(float(h.std()), 5) for h in exact],
                "float32_peer_max_abs_error": max_abs_difference(single, exact),
            }
    writer.json(
        "case.json",
        {
            "what": _WHAT,
            "parameters": sum(p.numel() for p in model.parameters()),
            "pre_ln": cfg.do_stable_layer_norm,
            "seed": seed,
            "files": files,
        },
    )


def make(folder, seed, tiny):
    """Writes mert/: full size 5, 3 and 1 s through 12 layers (1.2 GB)."""
    size = mert_model.TINY if tiny else mert_model.BASE
    lengths = (12000, 6011, 1600) if tiny else (120000, 72000, 24000)
    _make(folder, seed, mert_model.config(size), lengths, every_spelling=True)


def make_pre_ln(folder, seed, tiny):
    """Writes mert_pre_ln/: full size 3 and 1 s, 330M's width, 4 layers."""
    size = mert_model.TINY if tiny else mert_model.LARGE_4_LAYERS
    lengths = (6011, 1600) if tiny else (72000, 24000)
    cfg = mert_model.config(size, pre_ln=True)
    _make(folder, seed, cfg, lengths, every_spelling=False)

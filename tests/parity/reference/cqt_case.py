"""The constant-Q transform that MERT's second teacher is: nnAudio CQT1992v2.

Files of cqt/:

  audio_<name>.wav   mono, 24 kHz: silence, impulse, sweep, noise, music
  cqt_<name>.npy     [frames, 336] float32 magnitudes, time first, no logarithm
  case.json          kernel lengths, and the float32 residuals

The expected values apply nnAudio's float32 kernels in float64 and are rounded.
`float32_peer_max_abs_error` is how far the original in float32 is from them: at
full size 2.4e-4 for the sweep, 2.6e-5 for music.
"""

import numpy as np
import torch
from nnAudio.features.cqt import CQT1992v2

import signals
from case_files import CaseWriter
from case_files import max_abs_difference

HOP_SAMPLES = 320

# The settings of MERT's pre-training: 7 octaves from C1, 4 bins a semitone.
ARGUMENTS = dict(
    sr=signals.SAMPLE_RATE_HZ,
    hop_length=HOP_SAMPLES,
    fmin=32.7,
    fmax=None,
    n_bins=336,
    bins_per_octave=48,
    filter_scale=1,
    norm=1,
    window="hann",
    center=True,
    pad_mode="constant",
    trainable=False,
    output_format="Magnitude",
    verbose=False,
)

_BINS_AT_ONCE = 48
_WHAT = (
    "cqt_<name>.npy [frames, 336] float32: nnAudio CQT1992v2, its float32 "
    "kernels applied in float64 to audio_<name>.wav; time first, no log"
)


def _exact(layer, audio):
    """[frames, bins] float64 from the layer's float32 kernels."""
    width = layer.kernel_width
    padded = torch.nn.functional.pad(
        torch.from_numpy(audio).double(), (width // 2, width // 2)
    )
    frames = padded.unfold(0, width, HOP_SAMPLES)  # [frames, width]
    scale = layer.lenghts.double().sqrt()
    magnitudes = []
    for begin in range(0, scale.numel(), _BINS_AT_ONCE):
        bins = slice(begin, begin + _BINS_AT_ONCE)
        real = frames @ layer.cqt_kernels_real[bins, 0].double().T
        imaginary = frames @ layer.cqt_kernels_imag[bins, 0].double().T
        magnitudes.append(torch.hypot(real, imaginary) * scale[bins])
    return torch.cat(magnitudes, dim=1).numpy()


def make(folder, seed, tiny):
    """Writes cqt/: 5 s of each signal, or 3200 samples."""
    samples = 3200 if tiny else 120000
    writer = CaseWriter(folder)
    layer = CQT1992v2(**ARGUMENTS)
    lengths = [int(length) for length in layer.lenghts]
    audios = {
        "silence": signals.silence(samples),
        "impulse": signals.impulses(samples),
        "sweep": signals.sweep(samples),
        "noise": signals.noise(samples, seed),
        "music": signals.music(samples, seed),
    }
    files = {}
    for name, audio in audios.items():
        writer.wav(f"audio_{name}.wav", audio)
        with torch.no_grad():
            single = layer(torch.from_numpy(audio)[None])[0].T.numpy()
            exact = _exact(layer, audio)
        writer.npy(f"cqt_{name}.npy", exact.astype(np.float32))
        files[name] = {
            "samples": samples,
            "frames": exact.shape[0],
            "max": float(exact.max()),
            "float32_peer_max_abs_error": max_abs_difference(single, exact),
        }
    writer.json(
        "case.json",
        {
            "what": _WHAT,
            "lengths_first": lengths[:4],
            "lengths_last": lengths[-4:],
            "lengths_sum": sum(lengths),
            "kernel_width": int(layer.kernel_width),
            "files": files,
        },
    )

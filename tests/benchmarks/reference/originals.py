#!/usr/bin/env python3
"""Times one published implementation in this process.

  originals.py cqt '{"batch": 8}' --threads 2

Prints one line of JSON: the median seconds of one call, the repeats, and the
peak memory in MiB. compare.py runs this in a fresh process per measurement.

Every function below returns a callable that does what the C++ benchmark of the
same name does, on the same sizes, with random weights; speed does not depend on
them. The models are those of tests/parity/reference.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
import warnings

_HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(_HERE, "../../parity/reference"))

import numpy as np
import torch

import signals

_SEGMENT_SAMPLES = 120000  # 5 s
_SEGMENT_FRAMES = 374
_CLASSES = 1028
_SPECIALS = 4


def _clips(batch, samples=_SEGMENT_SAMPLES):
    """float32 [batch, samples]."""
    clips = [signals.music(samples, seed) for seed in range(batch)]
    return torch.from_numpy(np.stack(clips))


def load_mp3(seconds):
    """librosa.load at 24 kHz with soxr's high quality, of a stereo MP3."""
    import librosa
    import soundfile

    rate_hz = 44100
    t = np.arange(seconds * rate_hz)[:, None] / rate_hz
    audio = np.zeros((len(t), 2))
    for partial in range(1, 9):
        level = 0.1 * np.sin(0.7 * partial * t) / partial
        audio += level * np.sin(2 * np.pi * np.array([220, 277]) * partial * t)
    folder = tempfile.TemporaryDirectory()
    path = os.path.join(folder.name, "music.mp3")
    soundfile.write(path, audio, rate_hz)

    def call(folder=folder):  # Which lives as long as this function.
        librosa.load(path, sr=signals.SAMPLE_RATE_HZ, res_type="soxr_hq")

    return call


def cqt(batch, variant):
    """nnAudio's CQT of 5 s segments: CQT1992v2 is MERT's teacher, CQT2010v2
    a faster approximation of it."""
    from nnAudio.features import cqt as nnaudio

    import cqt_case

    arguments = dict(cqt_case.ARGUMENTS)
    if variant == "CQT2010v2":
        arguments.pop("center", None)  # It always is.
    layer = getattr(nnaudio, variant)(**arguments)
    audio = _clips(batch)

    def call():
        with torch.inference_mode():
            layer(audio)

    return call


def encodec(batch, seconds):
    """The package encodec: codes at 6 kbit/s."""
    import encodec_model

    model, _ = encodec_model.original(tiny=False)
    audio = _clips(batch, seconds * signals.SAMPLE_RATE_HZ)[:, None]
    # Any books do: each frame is compared with all codes of all books.
    generator = torch.Generator().manual_seed(0)
    for layer in model.quantizer.vq.layers:
        book = layer._codebook
        book.embed.normal_(generator=generator)
        book.inited.fill_(1.0)

    def call():
        with torch.inference_mode():
            model.encode(audio)

    return call


def mert(batch):
    """transformers' encoder of MERT-v1-95M: all 13 hidden states."""
    from transformers import HubertModel

    import mert_model

    cfg = mert_model.config(mert_model.BASE, attention="sdpa")
    model = mert_model.randomise(HubertModel(cfg), 0).eval()
    audio = _clips(batch)

    def call():
        with torch.inference_mode():
            model(audio, output_hidden_states=True)

    return call


def _targets(batch):
    """Mask [B, T], label rows [8, B, T] and CQT [B, T, 336] of a batch."""
    import pretraining_model

    rng = np.random.default_rng(0)
    shape = (pretraining_model.BOOKS, batch, _SEGMENT_FRAMES)
    rows = torch.from_numpy(rng.integers(_SPECIALS, _CLASSES, shape))
    mask = pretraining_model.span_mask(batch, _SEGMENT_FRAMES, rng)
    cqt_shape = (batch, _SEGMENT_FRAMES, pretraining_model.CQT_BINS)
    values = rng.random(cqt_shape, dtype=np.float32)
    return torch.from_numpy(mask), rows, torch.from_numpy(values)


def loss_heads(batch, style):
    """Heads and losses, forward and backward, from given hidden states.

    `style` is "published" (the public model's operations) or "matmul".
    """
    import mert_model
    import pretraining_model

    cfg = mert_model.config(dict(mert_model.BASE, num_hidden_layers=1))
    model = pretraining_model.PretrainingModel(cfg)
    mask, rows, cqt_values = _targets(batch)
    hidden = torch.randn(batch, _SEGMENT_FRAMES, cfg.hidden_size)
    hidden.requires_grad_()
    loss_of = getattr(model, f"{style}_loss")

    def call():
        entropies, error = loss_of(hidden, mask, rows, cqt_values)
        (sum(entropies) / int(mask.sum()) + error).backward()
        model.zero_grad()
        hidden.grad = None

    return call


def train_step(batch, style):
    """One update of pre-training, with the CQT teacher, without EnCodec.

    `style` "published" is the public model's operations and AdamW; "matmul"
    computes the same loss by matrix products, with fused AdamW.
    """
    from nnAudio.features.cqt import CQT1992v2

    import cqt_case
    import mert_model
    import pretraining_model

    torch.manual_seed(0)
    cfg = mert_model.config(mert_model.BASE, attention="sdpa", training=True)
    model = mert_model.randomise(pretraining_model.PretrainingModel(cfg), 0)
    model.train()
    teacher = CQT1992v2(**cqt_case.ARGUMENTS)
    optimiser = torch.optim.AdamW(
        model.parameters(),
        lr=1e-5,
        betas=(0.9, 0.98),
        eps=1e-6,
        weight_decay=0.01,
        fused=style == "matmul",
    )
    loss_of = getattr(model, f"{style}_loss")
    audio = _clips(batch)
    mask, rows, _ = _targets(batch)

    def call():
        with torch.no_grad():
            cqt_values = teacher(audio).transpose(1, 2)[:, :_SEGMENT_FRAMES]
        hidden, penalty = model.encode(audio, mask, _SEGMENT_FRAMES + 1)
        entropies, error = loss_of(hidden, mask, rows, cqt_values)
        (
            sum(entropies) / int(mask.sum())
            + pretraining_model.PENALTY_WEIGHT * penalty
            + pretraining_model.CQT_WEIGHT * error
        ).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        optimiser.step()
        optimiser.zero_grad()

    return call


class _TaskVector:
    """As mlfoundations/task_vectors has it, on state dicts."""

    def __init__(self, base_path=None, tuned_path=None, vector=None):
        if vector is None:
            base, tuned = torch.load(base_path), torch.load(tuned_path)
            vector = {name: tuned[name] - base[name] for name in base}
        self.vector = vector

    def __add__(self, other):
        return _TaskVector(
            vector={k: v + other.vector[k] for k, v in self.vector.items()}
        )

    def apply_to(self, base_path, coefficient):
        base = torch.load(base_path)
        return {k: v + coefficient * self.vector[k] for k, v in base.items()}


def task_arithmetic(models=4):
    """Adds the task vectors of fine-tuned files of 378 MB to the base."""
    from transformers import HubertModel

    import mert_model

    folder = tempfile.TemporaryDirectory()
    base = HubertModel(mert_model.config(mert_model.BASE)).state_dict()
    paths = [f"{folder.name}/{number}.pt" for number in range(models + 1)]
    for number, path in enumerate(paths):
        torch.save({k: v + 0.01 * number for k, v in base.items()}, path)

    def call():
        total = _TaskVector(paths[0], paths[1])
        for path in paths[2:]:
            total = total + _TaskVector(paths[0], path)
        merged = total.apply_to(paths[0], 0.2)
        torch.save(merged, f"{folder.name}/merged.pt")

    return call


def probing(epochs, windows=15244, states=13, size=768, tags=50):
    """MARBLE's constrained probe of one seed, features in memory."""
    features = torch.randn(windows, states, size)
    labels = (torch.rand(windows, tags) < 0.05).float()
    weights = torch.nn.Parameter(torch.randn(states - 1))
    head = torch.nn.Sequential(
        torch.nn.Linear(size, 512),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.2),
        torch.nn.Linear(512, tags),
    )
    optimizer = torch.optim.Adam([*head.parameters(), weights], 1e-3)
    loss = torch.nn.BCEWithLogitsLoss()

    def step(states, labels):
        shares = torch.softmax(weights, 0)[None, :, None]
        mixed = (states[:, 1:] * shares).sum(1)
        optimizer.zero_grad()
        loss(head(mixed), labels).backward()
        optimizer.step()

    def call():
        for _ in range(epochs):
            for batch in torch.randperm(windows).split(64):
                step(features[batch], labels[batch])

    return call


def metrics(recordings, tags):
    """scikit-learn's macro ROC-AUC and macro average precision."""
    from sklearn.metrics import average_precision_score
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    shares = np.geomspace(0.01, 0.45, tags)
    labels = (rng.random((recordings, tags)) < shares).astype(np.uint8)
    logits = rng.standard_normal((recordings, tags)) + 1.2 * labels - 0.8
    scores = 1 / (1 + np.exp(-logits))

    def call():
        roc_auc_score(labels, scores, average="macro")
        average_precision_score(labels, scores, average="macro")

    return call


_ORIGINALS = {
    function.__name__: function
    for function in (
        load_mp3,
        cqt,
        encodec,
        mert,
        loss_heads,
        train_step,
        task_arithmetic,
        probing,
        metrics,
    )
}


def _measure(call, wanted_seconds):
    """Durations of calls for about wanted_seconds, after one that warms up.

    Three at least, unless fewer take five times as long.
    """
    call()
    durations = []
    while sum(durations) < wanted_seconds or (
        len(durations) < 3 and sum(durations) < 5 * wanted_seconds
    ):
        began = time.perf_counter()
        call()
        durations.append(time.perf_counter() - began)
    return durations


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("original", choices=_ORIGINALS)
    parser.add_argument("arguments", help="JSON object of its arguments")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(options.threads)
    call = _ORIGINALS[options.original](**json.loads(options.arguments))
    durations = _measure(call, options.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "seconds": statistics.median(durations),
                "repeats": len(durations),
                "peak_mib": round(peak),
            }
        )
    )


if __name__ == "__main__":
    main()

"""How well the tags of the rendered corpora can be learned.

For each corpus: a small supervised network on constant-Q sequences (24 bins an
octave), and a linear one and a perceptron on the mean and deviation of a log-mel
spectrogram. The table, macro ROC-AUC of the test recordings by kind of tag,
goes to the README of datasets/synthesis. Needs NumPy and PyTorch, and the folders that
render_corpus writes:

  tools/bazel build //datasets/synthesis:render_corpus
  for corpus in makam hindustani carnatic greek western_tags western_genres; do
    bazel-bin/datasets/synthesis/render_corpus --corpus=$corpus --output_dir=/tmp/rendered/$corpus
  done
  python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy torch
  /tmp/venv/bin/python tests/datasets/synthesis/measure_learnability.py /tmp/rendered/*
"""

import argparse
import collections
import csv
import os
import sys
import wave

import numpy as np
import torch
from torch import nn

RATE = 24000
HOP = 600  # 40 frames a second.
POOLED = 3  # Frames that the network sees as one; rhythm is taken before that.
BINS_PER_OCTAVE = 24
LOWEST_HZ = 55.0
BINS = 7 * BINS_PER_OCTAVE
MELS = 64
LAGS = 128  # Of the autocorrelation: 3.2 seconds.
BANDS = 7


def read_folder(folder):
    rows = list(csv.DictReader(open(os.path.join(folder, "labels.csv"), encoding="utf-8")))
    tags = sorted({tag for row in rows for tag in row["tags"].split(";") if tag})
    truth = torch.tensor([[float(tag in row["tags"].split(";")) for tag in tags] for row in rows])
    splits = np.array([row["split"] for row in rows])
    audio = []
    for row in rows:
        with wave.open(os.path.join(folder, row["path"])) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            audio.append(torch.from_numpy(samples.astype(np.float32) / 32768))
    return audio, tags, truth, splits


def filters(frequencies, widths_hz, size):
    """Triangles around the frequencies, each summing to one: [bins, size // 2 + 1]."""
    grid = torch.arange(size // 2 + 1) * (RATE / size)
    weights = (1 - (grid[None] - frequencies[:, None]).abs() / widths_hz[:, None]).clamp(min=0)
    return weights / weights.sum(1, keepdim=True).clamp(min=1e-9)


def constant_q(samples):
    """Log magnitudes [bins, frames], with longer windows for lower octaves, and the level taken out of them."""
    frequencies = LOWEST_HZ * 2 ** (torch.arange(BINS) / BINS_PER_OCTAVE)
    parts = []
    for low, high, size in ((0, 72, 8192), (72, 120, 4096), (120, BINS, 2048)):
        chosen = frequencies[low:high]
        widths = torch.maximum(chosen * (2 ** (1 / BINS_PER_OCTAVE) - 1), torch.tensor(1.01 * RATE / size))
        spectrum = torch.stft(samples, size, HOP, window=torch.hann_window(size), return_complex=True).abs()
        parts.append(filters(chosen, widths, size) @ spectrum)
    spectrum = torch.cat(parts)
    level = spectrum.mean()
    return torch.log(spectrum / level + 1e-3), torch.log(level + 1e-9)


def log_mel_statistics(samples):
    spectrum = torch.stft(samples, 1024, 320, window=torch.hann_window(1024), return_complex=True).abs() ** 2
    edges = 700 * (10 ** (torch.linspace(0, 2595 * np.log10(1 + 12000 / 700), MELS + 2) / 2595) - 1)
    mel = filters(edges[1:-1], edges[1:-1] - edges[:-2] + 23.5, 1024) @ spectrum
    mel = torch.log(mel + 1e-8)
    return torch.cat([mel.mean(1), mel.std(1)])


def rhythm_of(spectrum):
    """The autocorrelation of the onsets in each octave, [BANDS * LAGS]."""
    onsets = (spectrum[:, 1:] - spectrum[:, :-1]).clamp(min=0)
    bands = torch.stack([part.mean(0) for part in onsets.chunk(BANDS)])
    bands = bands - bands.mean(1, keepdim=True)
    size = 2 * bands.shape[1]
    correlation = torch.fft.irfft(torch.fft.rfft(bands, size).abs() ** 2, size)
    return (correlation[:, 1:LAGS + 1] / correlation[:, :1].clamp(min=1e-6)).flatten()


def melody_of(spectrum):
    """How strong each pitch class, in quarter tones, follows each other: [24 * 24].

    Peaks against their octave-wide surroundings, the lowest five octaves folded into one."""
    around = nn.functional.pad(spectrum[None], (0, 0, 12, 12), mode="replicate")
    around = nn.functional.avg_pool2d(around[None], (25, 1), stride=1)[0, 0]
    peaks = (spectrum - around).clamp(min=0) ** 2
    classes = peaks[:5 * BINS_PER_OCTAVE].reshape(5, BINS_PER_OCTAVE, -1).sum(0)
    classes = classes / (classes.sum(0, keepdim=True) + 1e-3)
    return torch.log(classes[:, :-2] @ classes[:, 2:].T / classes.shape[1] + 1e-3).flatten()


class Network(nn.Module):
    """The sum of what the spectrum's statistics, the succession of pitch classes, the autocorrelation of onsets, the
    level and convolutions over time say of each tag."""

    def __init__(self, outputs):
        super().__init__()
        width = 64
        self.convolutions = nn.Sequential(
            nn.Conv1d(BINS, width, 3, padding=1), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.1),
            nn.Conv1d(width, width, 5, padding=2, stride=2), nn.BatchNorm1d(width), nn.ReLU())
        self.of_frames = nn.Sequential(nn.Dropout(0.4), nn.Linear(3 * width, outputs))
        self.of_rhythm = nn.Sequential(nn.Dropout(0.3), nn.Linear(BANDS * LAGS, 64), nn.ReLU(), nn.Dropout(0.4),
                                       nn.Linear(64, outputs))
        self.of_melody = nn.Sequential(nn.Dropout(0.5), nn.Linear(BINS_PER_OCTAVE ** 2, outputs))
        self.of_spectrum = nn.Sequential(nn.BatchNorm1d(2 * BINS + 1, affine=False), nn.Dropout(0.3),
                                         nn.Linear(2 * BINS + 1, outputs))

    def forward(self, spectrum, rhythm, melody, level):
        frames = self.convolutions(spectrum)
        frames = torch.cat([frames.mean(2), frames.amax(2), frames.std(2)], 1)
        statistics = torch.cat([spectrum.mean(2), spectrum.std(2), level], 1)
        return (self.of_frames(frames) + self.of_rhythm(rhythm) + self.of_melody(melody) +
                self.of_spectrum(statistics))


class Perceptron(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(inputs, 256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, outputs))

    def forward(self, x):
        return self.layers(x)


def augment(x, *others):
    """Shifted by up to a quarter tone, cut at another place, some bins hidden."""
    shift = int(torch.randint(-1, 2, (1,)))
    x = torch.roll(x, shift, 1)
    start = int(torch.randint(0, x.shape[2] // 8, (1,)))
    x = x[:, :, start:start + x.shape[2] * 7 // 8].clone()
    hidden = int(torch.randint(0, BINS - 12, (1,)))
    x[:, hidden:hidden + 12] = 0
    return x + 0.1 * torch.randn_like(x), *others


def roc_auc(scores, truth):
    """Of each tag, NaN where a class is missing; equal scores count half."""
    result = []
    for column in range(truth.shape[1]):
        positives = scores[truth[:, column] > 0.5, column]
        negatives = scores[truth[:, column] < 0.5, column]
        if len(positives) == 0 or len(negatives) == 0:
            result.append(float("nan"))
            continue
        wins = (positives[:, None] > negatives[None]).float() + 0.5 * (positives[:, None] == negatives[None]).float()
        result.append(float(wins.mean()))
    return np.array(result)


def train(make, inputs, truth, splits, seed, epochs, augmented):
    torch.manual_seed(seed)
    model = make()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    rows = np.flatnonzero(splits == "train")
    valid, test = (torch.from_numpy(np.flatnonzero(splits == name)) for name in ("valid", "test"))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=epochs * -(-len(rows) // 32))
    best, best_scores = -1.0, None
    for epoch in range(epochs):
        model.train()
        order = torch.from_numpy(rows[np.random.RandomState(seed * 1000 + epoch).permutation(len(rows))])
        for begin in range(0, len(order), 32):
            batch = order[begin:begin + 32]
            if len(batch) < 2:
                schedule.step()
                continue
            chosen = [values[batch] for values in inputs]
            if augmented:
                chosen = augment(*chosen)
            loss = nn.functional.binary_cross_entropy_with_logits(model(*chosen), truth[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        if epoch % 5 == 4 or epoch + 1 == epochs:
            model.eval()
            with torch.no_grad():
                score = np.nanmean(roc_auc(model(*(values[valid] for values in inputs)), truth[valid]))
                if score > best:
                    best, best_scores = score, model(*(values[test] for values in inputs))
    return best_scores


def measure(folder, seeds, epochs, verbose):
    audio, tags, truth, splits = read_folder(folder)
    columns = [], [], [], []
    for samples in audio:
        spectrum, level = constant_q(samples)
        pooled = nn.functional.avg_pool1d(spectrum[None], POOLED)[0]
        for column, value in zip(columns, (pooled, rhythm_of(spectrum), melody_of(pooled), level[None])):
            column.append(value)
    spectra, rhythms, melodies, levels = (torch.stack(column) for column in columns)
    statistics = torch.stack([log_mel_statistics(samples) for samples in audio])
    training = torch.from_numpy(splits == "train")
    spectra = ((spectra - spectra[training].mean((0, 2), keepdim=True)) /
               spectra[training].std((0, 2), keepdim=True))
    rhythms, melodies, levels, statistics = (
        (values - values[training].mean(0)) / values[training].std(0).clamp(min=1e-6)
        for values in (rhythms, melodies, levels, statistics))
    test_truth = truth[torch.from_numpy(splits == "test")]
    measured = {}
    for name, make, inputs, augmented in (
            ("constant-Q network", lambda: Network(len(tags)), (spectra, rhythms, melodies, levels), True),
            ("log-mel, linear", lambda: nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * MELS, len(tags))),
             (statistics,), False),
            ("log-mel, perceptron", lambda: Perceptron(2 * MELS, len(tags)), (statistics,), False)):
        runs = [roc_auc(train(make, inputs, truth, splits, seed, epochs, augmented), test_truth) for seed in range(seeds)]
        measured[name] = np.mean(runs, 0)
    groups = collections.defaultdict(list)
    for column, tag in enumerate(tags):
        groups[tag.split(":")[0]].append(column)
    for group, columns in groups.items():
        cells = " | ".join(f"{100 * np.nanmean(area[columns]):.1f}" for area in measured.values())
        print(f"| {os.path.basename(folder)} | {group} | {len(columns)} | {cells} |")
    if verbose:
        for column, tag in enumerate(tags):
            cells = "  ".join(f"{100 * area[column]:5.1f}" for area in measured.values())
            print(f"    {cells}  {int(test_truth[:, column].sum()):3d}  {tag}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", help="written by render_corpus")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="each tag, too")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print("| set | kind of tag | tags | constant-Q network | log-mel, linear | log-mel, perceptron |\n|---|---|---|---|---|---|")
    for folder in arguments.folders:
        measure(folder.rstrip("/"), arguments.seeds, arguments.epochs, arguments.verbose)


if __name__ == "__main__":
    main()

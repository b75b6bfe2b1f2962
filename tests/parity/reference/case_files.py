"""Files of a case, written so that the same values give the same bytes."""

import json
import os

import numpy as np
import torch
from safetensors.torch import save_file
from scipy.io import wavfile

from signals import SAMPLE_RATE_HZ


class CaseWriter:
    """Writes the files of one case into a new folder."""

    def __init__(self, folder):
        os.makedirs(folder)
        self._folder = folder

    def path(self, name):
        return os.path.join(self._folder, name)

    def json(self, name, value):
        """Indented, keys in the given order; NaN is an error, use None."""
        with open(self.path(name), "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1, allow_nan=False)
            file.write("\n")

    def npy(self, name, array):
        np.save(self.path(name), np.ascontiguousarray(array))

    def wav(self, name, signal):
        """A mono 16-bit file of a signal that is exact in 16 bits."""
        steps = np.asarray(signal, np.float64) * 32768
        assert np.array_equal(steps, np.round(steps)), "not exact in 16 bits"
        wavfile.write(self.path(name), SAMPLE_RATE_HZ, steps.astype(np.int16))

    def safetensors(self, name, state):
        tensors = {key: value.contiguous() for key, value in state.items()}
        save_file(tensors, self.path(name), metadata={"format": "pt"})
        os.chmod(self.path(name), 0o644)

    def torch(self, name, state):
        torch.save(state, self.path(name))


def max_abs_difference(a, b):
    """The largest |a - b|, computed in float64."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(np.abs(a - b).max(initial=0))

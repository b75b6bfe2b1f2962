"""Deterministic test signals: mono, 24 kHz, exact in 16 bits.

Every sample is a multiple of 1/32768, so a signal survives a 16-bit WAV file
unchanged and a case can be read back bit for bit.
"""

import numpy as np

SAMPLE_RATE_HZ = 24000

_DRONE_HZ = (73.42, 110.0)
_TONIC_HZ = 146.83
# Semitones above the tonic; two lie between the keys of a piano.
_SCALE = (0, 1, 3.5, 5, 7, 8, 10.5, 12)
_HARMONICS = 8


def exact_in_16_bits(signal):
    """Rounds to multiples of 1/32768 as float32; |signal| must be below 1."""
    steps = np.round(np.asarray(signal, np.float64) * 32768)
    assert np.abs(steps).max(initial=0) < 32768, "the signal would clip"
    return (steps / 32768).astype(np.float32)


def music(samples, seed):
    """Plucked harmonic notes over a drone, with a little noise.

    Args:
      samples: length of the result at 24 kHz.
      seed: the same seed and length give the same signal.

    Returns:
      float32 [samples], peak 0.6.
    """
    rng = np.random.default_rng(seed)
    time = np.arange(samples) / SAMPLE_RATE_HZ
    signal = sum(0.04 * np.sin(2 * np.pi * hz * time) for hz in _DRONE_HZ)
    onset = 0.0
    while onset * SAMPLE_RATE_HZ < samples:
        octave = 2 ** rng.integers(0, 2)
        pitch_hz = _TONIC_HZ * octave * 2 ** (rng.choice(_SCALE) / 12)
        seconds = rng.uniform(0.2, 0.9)
        begin = int(onset * SAMPLE_RATE_HZ)
        end = min(samples, begin + int(seconds * SAMPLE_RATE_HZ))
        local = time[: end - begin]
        envelope = np.exp(-4 * local / seconds) * np.minimum(1, local / 0.005)
        for harmonic in range(1, _HARMONICS + 1):
            phase = rng.uniform(0, 2 * np.pi)
            wave = np.sin(2 * np.pi * pitch_hz * harmonic * local + phase)
            signal[begin:end] += 0.25 * envelope * wave / harmonic**1.2
        onset += rng.uniform(0.12, 0.45)
    signal += 0.003 * rng.standard_normal(samples)
    return exact_in_16_bits(0.6 * signal / np.abs(signal).max())


def silence(samples):
    """float32 [samples], all zero."""
    return np.zeros(samples, np.float32)


def impulses(samples):
    """Two single samples: 0.5 in the middle, -0.25 at a seventh."""
    signal = np.zeros(samples, np.float32)
    signal[samples // 2] = 0.5
    signal[samples // 7] = -0.25
    return signal


def sweep(samples, low_hz=30.0, high_hz=5000.0):
    """A sine whose frequency rises exponentially from low_hz to high_hz."""
    time = np.arange(samples) / SAMPLE_RATE_HZ
    rate = np.log(high_hz / low_hz) * SAMPLE_RATE_HZ / samples
    phase = 2 * np.pi * low_hz * np.expm1(rate * time) / rate
    return exact_in_16_bits(0.8 * np.sin(phase))


def noise(samples, seed):
    """White Gaussian noise of standard deviation 0.15, clipped at 0.9."""
    signal = 0.15 * np.random.default_rng(seed).standard_normal(samples)
    return exact_in_16_bits(np.clip(signal, -0.9, 0.9))

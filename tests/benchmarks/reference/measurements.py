"""What is compared: an original, our benchmark, and the bar.

To add one: a function in originals.py, a benchmark in
tests/benchmarks/models/ (or datasets_benchmark.cc), and a Measurement here.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One row of the table, for each number of threads.

    Attributes:
      group: what --only selects.
      label: the row's name.
      original: a function of originals.py.
      arguments: its arguments.
      benchmark: ours, with {threads} where it has them.
      segments: segments of 5 s in one call; the table is per segment. 0 where
        a call is the unit.
      bar: how many times faster than the original as published we are to be.
      bar_kept: the same, with the original's freed memory kept.
      program: which of our benchmark programs has it.
    """

    group: str
    label: str
    original: str
    arguments: dict
    benchmark: str
    segments: float
    bar: float
    bar_kept: float
    program: str = "models_benchmark"


def _audio(benchmark, what, bar):
    return Measurement(
        "audio",
        f"60 s of 44.1 kHz MP3 {what}",
        "load_mp3",
        {"seconds": 60},
        benchmark,
        segments=0,
        bar=bar,
        bar_kept=1.0,
        program="datasets_benchmark",
    )


def _encodec(seconds, batch, bar):
    return Measurement(
        "encodec",
        f"EnCodec, {batch} x {seconds} s",
        "encodec",
        {"batch": batch, "seconds": seconds},
        f"BM_EncodecEncode/{seconds}/{batch}/{{threads}}",
        segments=batch * seconds / 5,
        bar=bar,
        bar_kept=1.2,
    )


def _mert(batch):
    return Measurement(
        "mert",
        f"MERT-95M forward, {batch} x 5 s",
        "mert",
        {"batch": batch},
        f"BM_MertForward/{batch}/{{threads}}",
        segments=batch,
        bar=1.1,
        bar_kept=1.0,
    )


def _loss_heads(style, bar):
    return Measurement(
        "loss_heads",
        f"loss heads ({style}), 4 x 5 s",
        "loss_heads",
        {"batch": 4, "style": style},
        "BM_LossHeads/4/{threads}",
        segments=4,
        bar=bar,
        bar_kept=1.0,
    )


def _train_step(style, bar):
    return Measurement(
        "train_step",
        f"training step ({style}), 4 x 5 s",
        "train_step",
        {"batch": 4, "style": style},
        "BM_TrainingStep/4/{threads}",
        segments=4,
        bar=bar,
        bar_kept=1.05,
        program="training_benchmark",
    )


def _probing(benchmark, what, bar):
    return Measurement(
        "probe",
        f"probing, 4 epochs of MTT, {what}",
        "probing",
        {"epochs": 4},
        benchmark,
        segments=0,
        bar=bar,
        bar_kept=bar,
        program="evaluation_benchmark",
    )


def _cqt(variant, bar):
    return Measurement(
        "cqt",
        f"CQT as {variant}, 8 x 5 s",
        "cqt",
        {"batch": 8, "variant": variant},
        "BM_Cqt/8/{threads}",
        segments=8,
        bar=bar,
        bar_kept=bar,
    )


MEASUREMENTS = [
    _audio("BM_LoadMp3", "loaded", bar=1.5),
    _audio("BM_PrepareMp3", "prepared", bar=1.5),
    _cqt("CQT1992v2", bar=25.0),
    _cqt("CQT2010v2", bar=1.0),
    _encodec(5, 1, bar=1.2),
    _encodec(30, 1, bar=2.5),
    _encodec(5, 8, bar=1.2),
    _mert(1),
    _mert(4),
    _mert(8),
    _loss_heads("published", bar=60.0),
    _loss_heads("matmul", bar=1.0),
    Measurement(
        "task_arithmetic",
        "task arithmetic, 4 models",
        "task_arithmetic",
        {"models": 4},
        "BM_TaskArithmetic/{threads}",
        segments=0,
        bar=2.0,
        bar_kept=1.0,
    ),
    _train_step("published", bar=3.5),
    _train_step("matmul", bar=1.0),
    _probing("BM_Probing/1/{threads}", "one seed", bar=1.0),
    _probing("BM_Probing/5/{threads}", "our five seeds for one", bar=1.0),
    Measurement(
        "metrics",
        "macro ROC-AUC and AP, 5329 x 50",
        "metrics",
        {"recordings": 5329, "tags": 50},
        "BM_Metrics/{threads}",
        segments=0,
        bar=10.0,
        bar_kept=10.0,
        program="evaluation_benchmark",
    ),
]

GROUPS = list(dict.fromkeys(m.group for m in MEASUREMENTS))

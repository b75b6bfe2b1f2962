"""Tagging metrics by scikit-learn.

Files of metrics/:

  scores.npy     [clips, tags] float32
  labels.npy     [clips, tags] uint8
  expected.json  ROC-AUC, average precision and F1, per tag and averaged; null
                 where a tag's labels leave the metric undefined
  case.json      which tags are special

  random_sizes.npy     [cases] int64: recordings of each random tag
  random_labels.npy    [sum of sizes] uint8
  random_scores.npy    [sum of sizes] float64
  random_expected.npy  [cases, 3] float64: ROC-AUC, average precision, F1 of
                       scores > 0.5; NaN = undefined

The random tags have one recording or many, none to all of them positive, and
scores that are all distinct, tied or all the same. Values agree to some 1e-15 with any implementation in float64.
"""

import numpy as np
from sklearn.metrics import average_precision_score
from sklearn.metrics import f1_score
from sklearn.metrics import roc_auc_score

from case_files import CaseWriter

_SPECIAL_TAGS = {
    "0": "no positives",
    "1": "all positive",
    "2": "two positives",
    "3": "all scores 0.5",
    "4": "ties at tenths",
    "5": "ties at quarters",
    "6": "perfect",
    "7": "all wrong",
}


def _labels_and_scores(rng, clips, tags):
    shares = np.geomspace(0.01, 0.45, tags)
    labels = (rng.random((clips, tags)) < shares).astype(np.uint8)
    labels[:, 0] = 0
    labels[:, 1] = 1
    labels[:, 2] = 0
    labels[rng.choice(clips, 2, replace=False), 2] = 1
    logits = rng.standard_normal((clips, tags)) + 1.2 * labels - 0.8
    scores = 1 / (1 + np.exp(-logits))
    scores[:, 3] = 0.5
    scores[:, 4] = np.round(scores[:, 4], 1)
    scores[:, 5] = np.round(scores[:, 5] * 4) / 4
    scores[:, 6] = labels[:, 6] * 0.5 + 0.25
    scores[:, 7] = 0.75 - labels[:, 7] * 0.5
    return labels, scores.astype(np.float32)


def _random_tag(rng, largest):
    """Labels and scores of a tag of at most `largest` recordings."""
    size = int(np.exp(rng.uniform(0, np.log(largest + 1))))
    labels = (rng.random(size) < rng.choice([0, 0.02, 0.3, 0.9, 1])).astype(
        np.uint8
    )
    scores = rng.random(size)
    levels = rng.choice([0, 1, 2, 10])  # 0: no ties.
    if levels:
        scores = np.round(scores * levels) / levels
    return labels, scores


def _expected(labels, scores):
    both = 0 < labels.sum() < len(labels)
    return [
        roc_auc_score(labels, scores) if both else np.nan,
        average_precision_score(labels, scores) if labels.any() else np.nan,
        f1_score(labels, scores > 0.5, zero_division=0),
    ]


def _write_random_tags(writer, rng, count, largest):
    tags = [_random_tag(rng, largest) for _ in range(count)]
    labels, scores = zip(*tags)
    writer.npy("random_sizes.npy", np.array([len(each) for each in labels]))
    writer.npy("random_labels.npy", np.concatenate(labels))
    writer.npy("random_scores.npy", np.concatenate(scores))
    writer.npy(
        "random_expected.npy", np.array([_expected(*tag) for tag in tags])
    )


def _f1(labels, predictions):
    def score(average):
        return f1_score(labels, predictions, average=average, zero_division=0)

    return {
        "micro_f1": float(score("micro")),
        "macro_f1": float(score("macro")),
        "f1_per_tag": [float(value) for value in score(None)],
    }


def _mean(values):
    return float(np.mean([value for value in values if value is not None]))


def make(folder, seed, tiny):
    """Writes metrics/: MagnaTagATune's 5329 x 50, or 240 clips x 12 tags.

    And 10 000 random tags, or 200.
    """
    writer = CaseWriter(folder)
    random_tags = (200, 40) if tiny else (10000, 400)
    _write_random_tags(writer, np.random.default_rng([seed, 1]), *random_tags)
    clips, tags = (240, 12) if tiny else (5329, 50)
    labels, scores = _labels_and_scores(
        np.random.default_rng(seed), clips, tags
    )
    roc_auc, precision = [], []
    for truth, score in zip(labels.T, scores.T):
        both = 0 < truth.sum() < clips
        roc_auc.append(float(roc_auc_score(truth, score)) if both else None)
        precision.append(
            float(average_precision_score(truth, score))
            if truth.any()
            else None
        )
    precision_where_both = [
        value for value, auc in zip(precision, roc_auc) if auc is not None
    ]
    writer.npy("scores.npy", scores)
    writer.npy("labels.npy", labels)
    writer.json(
        "expected.json",
        {
            "roc_auc_per_tag": roc_auc,
            "ap_per_tag": precision,
            "roc_auc_macro_defined": _mean(roc_auc),
            "ap_macro_defined": _mean(precision),
            "ap_macro_over_tags_with_defined_roc_auc": _mean(
                precision_where_both
            ),
            "ap_macro_scikit_learn_raw": float(
                average_precision_score(labels, scores, average="macro")
            ),
            "roc_auc_micro": float(
                roc_auc_score(labels.ravel(), scores.ravel())
            ),
            "ap_micro": float(
                average_precision_score(labels.ravel(), scores.ravel())
            ),
            "threshold_gt_0.5": _f1(labels, scores > 0.5),
            "threshold_ge_0.5": _f1(labels, scores >= 0.5),
        },
    )
    writer.json(
        "case.json",
        {
            "what": "scores.npy float32 [clips, tags], labels.npy uint8; "
            "values by scikit-learn; null = undefined",
            "seed": seed,
            "special_tags": _SPECIAL_TAGS,
        },
    )

"""MERT's pre-training heads and losses on transformers' encoder.

The operations are those of the public MERT model (fairseq/mert_fairseq in
github.com/yizhilll/MERT): masked prediction of 8 codebooks by a cosine softmax
at temperature 0.1 whose logits are computed by broadcasting, the mean square of
a linear CQT prediction, and a penalty on the features of the convolutions.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import HubertModel

import mert_model

BOOKS = 8
TEMPERATURE = 0.1
FEATURE_GRADIENT_SCALE = 0.1
CQT_BINS = 336
# The penalty's and the CQT's weight beside the cross-entropy.
PENALTY_WEIGHT = 10.0
CQT_WEIGHT = 1.0


class _ScaleGradient(torch.autograd.Function):
    @staticmethod
    def forward(context, values, scale):
        context.scale = scale
        return values.clone()

    @staticmethod
    def backward(context, gradient):
        return gradient * context.scale, None


def span_mask(batch, frames, rng, share=0.8, span=5, fewest_spans=2):
    """fairseq's static span mask, bool [batch, frames], equal counts per row.

    Args:
      rng: numpy.random.Generator.
      share: masked frames over all frames, before spans overlap.
      span: frames in a span.
    """
    rows = []
    for _ in range(batch):
        spans = max(fewest_spans, int(share * frames / span + rng.random()))
        starts = rng.choice(frames - span, spans, replace=False)
        covered = np.unique(starts[:, None] + np.arange(span))
        rows.append(covered[covered < frames])
    count = min(len(row) for row in rows)
    mask = np.zeros((batch, frames), dtype=bool)
    for masked, row in zip(mask, rows):
        masked[rng.choice(row, count, replace=False)] = True
    return mask


def published_name(name):
    """The name that the public checkpoints have for a PretrainingModel's."""
    name = name.replace("hubert.", "")
    name = name.replace("cqt_fc.", "encoder_cqt_model.fc.")
    return next(iter(mert_model.published_spelling({name: None})))


class PretrainingModel(nn.Module):
    """Encoder, codebook and CQT heads.

    `classes` counts the label rows of one book, special ones included: 1028 as
    published, of which the first 4 are never a target.
    """

    def __init__(self, cfg, classes=1028, head_dim=64):
        super().__init__()
        self.hubert = HubertModel(cfg)
        # transformers would ask for a gradient of the waveform.
        self.hubert.feature_extractor._requires_grad = False
        self.classes = classes
        self.final_proj = nn.Linear(cfg.hidden_size, head_dim * BOOKS)
        self.label_embs_concat = nn.Parameter(
            torch.rand(classes * BOOKS, head_dim)
        )
        self.cqt_fc = nn.Linear(cfg.hidden_size, CQT_BINS)

    def encode(self, audio, mask, label_frames):
        """Last state [B, T, H] of masked audio [B, samples], and the penalty.

        Features beyond `label_frames` are cut off.
        """
        features = self.hubert.feature_extractor(audio)  # [B, C, T]
        features = _ScaleGradient.apply(features, FEATURE_GRADIENT_SCALE)
        features = features[..., :label_frames]
        penalty = features.square().mean()
        inputs = self.hubert.feature_projection(features.transpose(1, 2))
        inputs[mask] = self.hubert.masked_spec_embed
        return self.hubert.encoder(inputs).last_hidden_state, penalty

    def published_loss(self, hidden, mask, rows, cqt):
        """The public model's operations.

        Args:
          hidden: [B, T, H] of encode.
          mask: bool [B, T].
          rows: [8, B, T], each code's row inside its book.
          cqt: [B, T, 336].

        Returns:
          The cross-entropy of each book summed over the masked frames (a list
          of 8), and the mean square of the CQT there.
        """
        masked = hidden[mask]  # [M, H]
        queries = self.final_proj(masked).chunk(BOOKS, dim=-1)
        books = self.label_embs_concat.split(self.classes)
        entropies = []
        for query, book, row in zip(queries, books, rows):
            positives = book[row[mask]]  # [M, D]
            negatives = book[:, None].expand(-1, len(masked), -1)
            logits = self._logits(query, positives, negatives)
            target = logits.new_zeros(len(masked), dtype=torch.long)
            entropies.append(
                functional.cross_entropy(logits, target, reduction="sum")
            )
        return entropies, functional.mse_loss(self.cqt_fc(masked), cqt[mask])

    def _logits(self, query, positives, negatives):
        """[M, 1 + classes], the positive first and its double at -inf."""
        is_positive = (positives == negatives).all(-1)
        targets = torch.cat([positives[None], negatives])
        logits = torch.cosine_similarity(query, targets, dim=-1) / TEMPERATURE
        logits[1:][is_positive] = float("-inf")
        return logits.T

    def matmul_loss(self, hidden, mask, rows, cqt):
        """The values of published_loss by one batched matrix product."""
        masked = hidden[mask]
        queries = self.final_proj(masked).view(len(masked), BOOKS, -1)
        queries = functional.normalize(queries, dim=-1).transpose(0, 1)
        books = self.label_embs_concat.view(BOOKS, self.classes, -1)
        books = functional.normalize(books, dim=-1)
        logits = queries @ books.transpose(1, 2) / TEMPERATURE  # [8, M, C]
        entropies = functional.cross_entropy(
            logits.flatten(0, 1), rows[:, mask].flatten(), reduction="none"
        )
        return (
            list(entropies.view(BOOKS, -1).sum(1)),
            functional.mse_loss(self.cqt_fc(masked), cqt[mask]),
        )

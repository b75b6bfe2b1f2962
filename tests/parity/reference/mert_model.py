"""MERT's encoder as transformers' HubertModel, with random weights.

MERT-v1-95M is a HuBERT base encoder at 24 kHz whose entry LayerNorm comes after
the positional convolution and whose blocks are post-LN; MERT-v1-330M has pre-LN
blocks (do_stable_layer_norm). The sizes are those of the published config.json
files; the weights here are random, chosen so that every tensor matters.
"""

import collections
import math

import torch
from transformers import HubertConfig

from signals import SAMPLE_RATE_HZ

# MERT-v1-95M, and the same topology with small numbers.
BASE = dict(
    conv_dim=512,
    hidden_size=768,
    num_hidden_layers=12,
    num_attention_heads=12,
    intermediate_size=3072,
    num_conv_pos_embeddings=128,
    num_conv_pos_embedding_groups=16,
)
TINY = dict(
    conv_dim=16,
    hidden_size=32,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=64,
    num_conv_pos_embeddings=16,
    num_conv_pos_embedding_groups=4,
)
# MERT-v1-330M's width with 4 of its 24 layers.
LARGE_4_LAYERS = dict(
    BASE,
    hidden_size=1024,
    num_hidden_layers=4,
    num_attention_heads=16,
    intermediate_size=4096,
)


def config(size, pre_ln=False, attention="eager", training=False):
    """HubertConfig of MERT.

    Args:
      size: BASE, TINY, LARGE_4_LAYERS or a dict with the same keys.
      pre_ln: LayerNorm before each block (MERT-v1-330M), not after it.
      attention: transformers' implementation, "eager" or "sdpa".
      training: with the dropouts of pre-training (0.1, layerdrop 0.05);
        otherwise without any.
    """
    dropout = 0.1 if training else 0.0
    size = dict(size, conv_dim=[size["conv_dim"]] * 7)
    return HubertConfig(
        conv_kernel=[10, 3, 3, 3, 3, 2, 2],
        conv_stride=[5, 2, 2, 2, 2, 2, 2],
        conv_bias=False,
        feat_extract_norm="group",
        feat_extract_activation="gelu",
        feat_proj_layer_norm=True,
        hidden_act="gelu",
        layer_norm_eps=1e-5,
        do_stable_layer_norm=pre_ln,
        feat_proj_dropout=dropout,
        hidden_dropout=dropout,
        attention_dropout=dropout,
        activation_dropout=0.0,
        layerdrop=0.05 if training else 0.0,
        apply_spec_augment=False,
        attn_implementation=attention,
        **size,
    )


def published_config(cfg):
    """config.json as the published checkpoints have it, with cfg's sizes."""
    return {
        "architectures": ["MERTModel"],
        "model_type": "mert_model",
        "activation_dropout": 0.1,
        "apply_spec_augment": True,
        "attention_dropout": 0.1,
        "attention_relax": -1.0,
        "bos_token_id": 1,
        "classifier_proj_size": 256,
        "conv_bias": cfg.conv_bias,
        "conv_dim": list(cfg.conv_dim),
        "conv_kernel": list(cfg.conv_kernel),
        "conv_stride": list(cfg.conv_stride),
        "deepnorm": False,
        "do_stable_layer_norm": cfg.do_stable_layer_norm,
        "eos_token_id": 2,
        "feat_extract_activation": cfg.feat_extract_activation,
        "feat_extract_dropout": 0.0,
        "feat_extract_norm": cfg.feat_extract_norm,
        "feat_proj_dropout": 0.1,
        "feat_proj_layer_norm": cfg.feat_proj_layer_norm,
        "feature_extractor_cqt": False,
        "feature_extractor_cqt_bins": 336,
        "final_dropout": 0.1,
        "hidden_act": cfg.hidden_act,
        "hidden_dropout": 0.1,
        "hidden_dropout_prob": 0.1,
        "hidden_size": cfg.hidden_size,
        "initializer_range": 0.02,
        "intermediate_size": cfg.intermediate_size,
        "layer_norm_eps": cfg.layer_norm_eps,
        "layerdrop": 0.1,
        "mask_time_length": 10,
        "mask_time_prob": 0.05,
        "num_attention_heads": cfg.num_attention_heads,
        "num_conv_pos_embedding_groups": cfg.num_conv_pos_embedding_groups,
        "num_conv_pos_embeddings": cfg.num_conv_pos_embeddings,
        "num_feat_extract_layers": 7,
        "num_hidden_layers": cfg.num_hidden_layers,
        "pad_token_id": 0,
        "sample_rate": SAMPLE_RATE_HZ,
        "torch_dtype": "float32",
        "use_weighted_layer_sum": False,
        "vocab_size": 32,
    }


def _fill(name, tensor, generator):
    def normal(deviation, mean=0.0):
        values = torch.randn(tensor.shape, generator=generator)
        tensor.copy_(mean + deviation * values)

    if "norm" in name:
        normal(0.1, mean=1.0 if name.endswith("weight") else 0.0)
    elif name.endswith("bias"):
        normal(0.05)
    elif "masked_spec_embed" in name or "label_embs" in name:
        tensor.copy_(torch.rand(tensor.shape, generator=generator))
    elif "conv_layers" in name:
        normal(math.sqrt(2.0 / (tensor.shape[1] * tensor.shape[2])))
    elif name.endswith("original1"):
        normal(math.sqrt(4.0 / (tensor.shape[2] * tensor.shape[0])))
    elif ".q_proj" in name or ".k_proj" in name:
        normal(2.0 / math.sqrt(tensor.shape[1]))
    else:
        normal(1.0 / math.sqrt(tensor.shape[1]))


def randomise(model, seed):
    """Fills the weights so that an error in any tensor shows.

    Biases are not 0, scales not 1, attention far from uniform, and the gains of
    the positional convolution's weight norm differ per tap.
    """
    generator = torch.Generator().manual_seed(seed)
    parameters = dict(model.named_parameters())
    gains = [name for name in parameters if name.endswith("original0")]
    with torch.no_grad():
        for name, parameter in parameters.items():
            if name not in gains:
                _fill(name, parameter, generator)
        for name in gains:
            direction = parameters[name[:-1] + "1"]
            norm = direction.norm(dim=(0, 1), keepdim=True)  # [1, 1, K]
            factor = torch.randn(norm.shape, generator=generator)
            parameters[name].copy_(norm * (1 + 0.2 * factor))
    return model


def published_spelling(state):
    """Weight norm as weight_g and weight_v, which the checkpoints use."""
    prefix = "parametrizations.weight.original"
    return collections.OrderedDict(
        (
            name.replace(prefix + "0", "weight_g").replace(
                prefix + "1", "weight_v"
            ),
            tensor,
        )
        for name, tensor in state.items()
    )

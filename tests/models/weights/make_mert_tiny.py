#!/usr/bin/env python3
"""Writes mert_tiny/: one small MERT in every form in which MERTs are published.

    python3 make_mert_tiny.py golden/mert_tiny

Needs torch and safetensors. Every value is a different number, so that a tensor
under a wrong name, or a row in a wrong place, cannot go unnoticed.
"""

import argparse
import json
import os
import sys
import types
from collections import OrderedDict

import torch
from safetensors.torch import save_file

HIDDEN, CHANNELS, LAYERS, FEED_FORWARD, KERNEL, GROUPS = 8, 4, 2, 12, 6, 2
BOOKS, CODES, HEAD_SIZE, CQT_BINS = 2, 4, 3, 5
CONV_KERNELS = [10, 3, 3, 3, 3, 2, 2]
SYMBOLS = [["2", "0", "3", "1"], ["0", "1", "2", "3"]]
SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]

# Hugging Face's name, fairseq's name, shape.
TENSORS = [
    ("masked_spec_embed", "mask_emb", [HIDDEN]),
    ("feature_extractor.conv_layers.0.layer_norm.weight",
     "feature_extractor.conv_layers.0.2.weight", [CHANNELS]),
    ("feature_extractor.conv_layers.0.layer_norm.bias",
     "feature_extractor.conv_layers.0.2.bias", [CHANNELS]),
    ("feature_projection.layer_norm.weight", "layer_norm.weight", [CHANNELS]),
    ("feature_projection.layer_norm.bias", "layer_norm.bias", [CHANNELS]),
    ("feature_projection.projection.weight", "post_extract_proj.weight",
     [HIDDEN, CHANNELS]),
    ("feature_projection.projection.bias", "post_extract_proj.bias", [HIDDEN]),
    ("encoder.pos_conv_embed.conv.weight_g", "encoder.pos_conv.0.weight_g",
     [1, 1, KERNEL]),
    ("encoder.pos_conv_embed.conv.weight_v", "encoder.pos_conv.0.weight_v",
     [HIDDEN, HIDDEN // GROUPS, KERNEL]),
    ("encoder.pos_conv_embed.conv.bias", "encoder.pos_conv.0.bias", [HIDDEN]),
    ("encoder.layer_norm.weight", "encoder.layer_norm.weight", [HIDDEN]),
    ("encoder.layer_norm.bias", "encoder.layer_norm.bias", [HIDDEN]),
]
for i, kernel in enumerate(CONV_KERNELS):
    TENSORS.append((f"feature_extractor.conv_layers.{i}.conv.weight",
                    f"feature_extractor.conv_layers.{i}.0.weight",
                    [CHANNELS, 1 if i == 0 else CHANNELS, kernel]))
for i in range(LAYERS):
    for theirs, ours, rows, columns in [
            ("attention.q_proj", "self_attn.q_proj", HIDDEN, HIDDEN),
            ("attention.k_proj", "self_attn.k_proj", HIDDEN, HIDDEN),
            ("attention.v_proj", "self_attn.v_proj", HIDDEN, HIDDEN),
            ("attention.out_proj", "self_attn.out_proj", HIDDEN, HIDDEN),
            ("layer_norm", "self_attn_layer_norm", HIDDEN, None),
            ("feed_forward.intermediate_dense", "fc1", FEED_FORWARD, HIDDEN),
            ("feed_forward.output_dense", "fc2", HIDDEN, FEED_FORWARD),
            ("final_layer_norm", "final_layer_norm", HIDDEN, None)]:
        shape = [rows] if columns is None else [rows, columns]
        for part, size in (("weight", shape), ("bias", [rows])):
            TENSORS.append((f"encoder.layers.{i}.{theirs}.{part}",
                            f"encoder.layers.{i}.{ours}.{part}", size))

CONFIG = {
    "model_type": "mert_model", "architectures": ["MERTModel"],
    "conv_dim": [CHANNELS] * 7, "conv_kernel": CONV_KERNELS,
    "conv_stride": [5, 2, 2, 2, 2, 2, 2], "conv_bias": False,
    "feat_extract_norm": "group", "feat_proj_layer_norm": True,
    "do_stable_layer_norm": True, "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS, "num_attention_heads": 4,
    "intermediate_size": FEED_FORWARD, "num_conv_pos_embeddings": KERNEL,
    "num_conv_pos_embedding_groups": GROUPS, "layer_norm_eps": 1e-05,
    "sample_rate": 24000, "activation_dropout": 0.1, "layerdrop": 0.1,
}


class Counter:
    """Tensors of consecutive multiples of 1/64."""

    def __init__(self):
        self.next = 1

    def tensor(self, shape):
        count = int(torch.Size(shape).numel())
        values = torch.arange(self.next, self.next + count) / 64
        self.next += count
        return values.float().reshape(shape)


def fake_class(module, name):
    """A class that is pickled by the name of one that is not installed here."""
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:end]),
                               types.ModuleType(".".join(parts[:end])))
    made = type(name, (), {"__module__": module})
    setattr(sys.modules[module], name, made)
    return made


def dictionary(cls, symbols):
    made = cls()
    made.symbols = SPECIALS + symbols
    made.count = [1] * len(made.symbols)
    made.indices = {s: i for i, s in enumerate(made.symbols)}
    made.bos_index, made.pad_index = 0, 1
    made.eos_index, made.unk_index = 2, 3
    return made


def omegaconf(dict_config, any_node, value):
    if not isinstance(value, dict):
        node = any_node()
        node._val, node._parent = value, None
        return node
    made = dict_config()
    made._content = {k: omegaconf(dict_config, any_node, v)
                     for k, v in value.items()}
    made._metadata, made._parent = {"ref_type": "Any"}, None
    return made


def write_json(path, value):
    with open(path, "w") as f:
        json.dump(value, f, indent=1)
        f.write("\n")


def main():
    out = sys.argv[1]
    counter = Counter()
    encoder = OrderedDict((n, counter.tensor(s)) for n, _, s in TENSORS)
    projected = BOOKS * HEAD_SIZE
    heads = OrderedDict([
        ("final_proj.weight", counter.tensor([projected, HIDDEN])),
        ("final_proj.bias", counter.tensor([projected])),
        ("encoder_cqt_model.fc.weight", counter.tensor([CQT_BINS, HIDDEN])),
        ("encoder_cqt_model.fc.bias", counter.tensor([CQT_BINS])),
    ])
    table = counter.tensor([BOOKS * (4 + CODES), HEAD_SIZE])

    new = OrderedDict(
        (n.replace("weight_g", "parametrizations.weight.original0")
          .replace("weight_v", "parametrizations.weight.original1"), v)
        for n, v in encoder.items())
    names = list(encoder)
    halves = {"model-00001-of-00002.safetensors": names[:20],
              "model-00002-of-00002.safetensors": names[20:]}
    for folder in ("old", "new", "bin", "sharded"):
        os.makedirs(f"{out}/{folder}", exist_ok=True)
        write_json(f"{out}/{folder}/config.json", CONFIG)
    save_file(encoder, f"{out}/old/model.safetensors", {"format": "pt"})
    save_file(new, f"{out}/new/model.safetensors", {"format": "pt"})
    torch.save(encoder, f"{out}/bin/pytorch_model.bin")
    for name, part in halves.items():
        save_file({n: encoder[n] for n in part}, f"{out}/sharded/{name}",
                  {"format": "pt"})
    write_json(f"{out}/sharded/model.safetensors.index.json",
               {"metadata": {"total_size": 0},
                "weight_map": {n: f for f, part in halves.items()
                               for n in part}})

    # The heads as the suite has them: without specials, in numeric order.
    by_dictionary = [k * (4 + CODES) + 4 + SYMBOLS[k].index(str(c))
                     for k in range(BOOKS) for c in range(CODES)]
    in_order = [k * (4 + CODES) + 4 + c
                for k in range(BOOKS) for c in range(CODES)]
    for name, rows in (("heads", by_dictionary), ("heads_in_order", in_order)):
        save_file(dict(heads, label_embs_concat=table[rows].contiguous()),
                  f"{out}/{name}.safetensors")

    model = OrderedDict((f, encoder[n]) for n, f, _ in TENSORS)
    model.update(heads)
    model["label_embs_concat"] = table
    model["encoder_cqt_model.spec_layer.lenghts"] = counter.tensor([CQT_BINS])
    model["encoder_cqt_model.spec_layer.cqt_kernels_real"] = counter.tensor(
        [CQT_BINS, 1, 4])
    model["encoder_cqt_model.spec_layer.cqt_kernels_imag"] = counter.tensor(
        [CQT_BINS, 1, 4])
    fairseq_dictionary = fake_class("fairseq.data.dictionary", "Dictionary")
    dict_config = fake_class("omegaconf.dictconfig", "DictConfig")
    any_node = fake_class("omegaconf.nodes", "AnyNode")
    settings = {
        "_name": None,
        "model": {"_name": "mert", "layer_norm_first": True,
                  "encoder_attention_heads": 4, "deepnorm": False,
                  "conv_feature_layers": "[(4, 10, 5)]"},
        "task": {"_name": "mert_pretraining", "sample_rate": 24000}}
    torch.save({
        "args": None,
        "cfg": settings,
        "model": model,
        "criterion": None,
        "optimizer_history": [{"num_updates": 400000}],
        "task_state": {"dictionaries": [
            dictionary(fairseq_dictionary, s) for s in SYMBOLS]},
        "extra_state": {"epoch": 3, "metrics": argparse.Namespace(loss=1.5)},
        "last_optimizer_state": {"state": {0: {"exp_avg": torch.ones(2)}}},
    }, f"{out}/fairseq.pt")
    torch.save({
        "args": None,
        "cfg": omegaconf(dict_config, any_node, settings),
        "model": model,
    }, f"{out}/fairseq_omegaconf.pt")
    torch.save({
        "args": argparse.Namespace(arch="mert", **settings["model"],
                                   sample_rate=24000),
        "model": model,
    }, f"{out}/fairseq_args.pt", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()

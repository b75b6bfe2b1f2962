"""EnCodec 24 kHz with random weights, in the two published implementations.

The package encodec (the original) and transformers name the same tensors
differently; both spell weight norm as weight_g and weight_v or, from torch 2
on, as parametrizations.
"""

import encodec
import torch
import transformers
from encodec import modules
from encodec import quantization

import signals

BOOKS = 8
HOP_SAMPLES = 320

# 8 books at 75 frames a second: of 10 bits each, or of 6 bits when tiny.
FULL_BANDWIDTH_KBPS = 6.0
TINY_BANDWIDTH_KBPS = 3.6


def original(tiny):
    """The encodec package's model and its bandwidth in kbit/s.

    Tiny keeps the topology, with 2 filters, 8 channels and 64 codes a book.
    """
    if not tiny:
        model = encodec.EncodecModel.encodec_model_24khz(pretrained=False)
        bandwidth = FULL_BANDWIDTH_KBPS
    else:
        seanet = dict(dimension=8, n_filters=2, norm="weight_norm", causal=True)
        model = encodec.EncodecModel(
            modules.SEANetEncoder(channels=1, **seanet),
            modules.SEANetDecoder(channels=1, **seanet),
            quantization.ResidualVectorQuantizer(
                dimension=8, n_q=BOOKS, bins=64
            ),
            target_bandwidths=[TINY_BANDWIDTH_KBPS],
            sample_rate=signals.SAMPLE_RATE_HZ,
            channels=1,
        )
        bandwidth = TINY_BANDWIDTH_KBPS
    model.set_target_bandwidth(bandwidth)
    return model.eval(), bandwidth


def in_transformers(tiny):
    """transformers' model of the same sizes."""
    sizes = {}
    if tiny:
        sizes = dict(
            num_filters=2,
            hidden_size=8,
            codebook_size=64,
            target_bandwidths=[TINY_BANDWIDTH_KBPS],
        )
    return transformers.EncodecModel(transformers.EncodecConfig(**sizes)).eval()


def transformers_name(name):
    """transformers' name of a tensor of the encodec package."""
    if name.startswith("quantizer."):
        name = name.replace("quantizer.vq.layers", "quantizer.layers")
        return name.replace("_codebook", "codebook")
    for part in ("encoder", "decoder"):
        name = name.replace(f"{part}.model.", f"{part}.layers.")
    name = name.replace(".conv.conv.", ".conv.")
    return name.replace(".convtr.convtr.", ".conv.")


def parametrized_name(name):
    """The name in the spelling of torch.nn.utils.parametrizations."""
    prefix = "parametrizations.weight.original"
    name = name.replace("weight_g", prefix + "0")
    return name.replace("weight_v", prefix + "1")


def _draw_codebooks(model, seed, generator):
    """Draws each book from the residuals that reach it, so codes spread out."""
    clips = [signals.music(480000, seed + 10 + i) for i in range(2)]
    batch = torch.stack([torch.from_numpy(clip)[None] for clip in clips])
    latents = model.encoder(batch).transpose(1, 2)  # [B, T, D]
    residual = latents.reshape(-1, latents.shape[-1])
    for layer in model.quantizer.vq.layers:
        book = layer._codebook
        drawn = torch.randint(
            0, len(residual), (book.codebook_size,), generator=generator
        )
        mean, deviation = residual.mean(0), residual.std(0)
        noise = torch.randn(book.embed.shape, generator=generator) * deviation
        book.embed.copy_(mean + 0.9 * (residual[drawn] - mean) + 0.3 * noise)
        book.embed_avg.copy_(book.embed)
        book.cluster_size.fill_(1.0)
        book.inited.fill_(1.0)
        quantized = layer.decode(layer.encode(residual.T[None]))  # [1, D, BT]
        residual = residual - quantized[0].T


def randomise(model, seed):
    """Changes torch's initial weights of an `original` model in place.

    Gains and biases are moved away from their initial values, and the books
    hold vectors that the encoder's latents are near to. Call it after
    torch.manual_seed(seed) and construction, which draw the rest.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape, generator=generator)
            if name.endswith("weight_g"):
                parameter.mul_(2.0 * (1 + 0.1 * values))
            elif "bias" in name and "lstm" not in name:
                parameter.add_(0.02 * values)
        _draw_codebooks(model, seed, generator)
    return model

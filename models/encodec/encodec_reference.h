// EnCodec by plain LibTorch operations, on any device: what the fast route on
// the CPU is compared with, and what runs where that does not.
//
// SEANet's causal convolutions (seanet.py, conv.py of the encodec package):
// each pads its input by kernel - stride values on the left, reflected, and by
// as many reflected ones on the right as fill the last window. An input that is
// not longer than the padding gets zeros behind it first, which are cut
// afterwards.

#ifndef CULTUREMERT_MODELS_ENCODEC_ENCODEC_REFERENCE_H_
#define CULTUREMERT_MODELS_ENCODEC_ENCODEC_REFERENCE_H_

#include <ATen/core/Tensor.h>

#include "models/encodec/encodec_layers.h"

namespace culturemert {

// `audio`: [B, samples], samples >= 1, of the layers' type and device. Returns
// [B, latent, EncodecFrames(samples)]. Lets LibTorch's exceptions through.
at::Tensor ReferenceLatents(const EncodecLayers& layers,
                            const at::Tensor& audio);

// The residual vector quantiser (core_vq.py): book by book the code with the
// largest -(|x|^2 - 2 x.e + |e|^2), the lowest one of equals, where x is what
// the books before leave of `latents`, [B, latent, T]. Returns int64
// [B, books, T]. Lets LibTorch's exceptions through.
at::Tensor ReferenceCodes(const EncodecLayers& layers,
                          const at::Tensor& latents, int books);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_ENCODEC_REFERENCE_H_

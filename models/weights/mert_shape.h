// What the shapes of a MERT's tensors tell of its configuration. Free of
// LibTorch.

#ifndef CULTUREMERT_MODELS_WEIGHTS_MERT_SHAPE_H_
#define CULTUREMERT_MODELS_WEIGHTS_MERT_SHAPE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/mert/mert_config.h"

namespace culturemert {

using NamedShapes =
    std::map<std::string, std::vector<std::int64_t>, std::less<>>;

// Sets the fields of `config` that the encoder's shapes tell: conv_channels,
// hidden_size, layers, feed_forward_size, positional_kernel and _groups; and
// heads to hidden_size / 64, the size of a head in every published MERT, or to
// 1 where that is no integer. Fields whose tensors are missing or of another
// number of dimensions stay; that they are is for CheckTensors to say. Norm
// placement cannot be told by shapes.
void InferEncoderShape(const NamedShapes& shapes, MertConfig* config);

// The same for the heads: head_size, codebooks, codes and cqt_bins.
void InferHeadShape(const NamedShapes& shapes, MertConfig* config);

// Whether this is a name of the pre-training heads' tensors and not of the
// encoder's.
bool IsMertHeadName(absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_MERT_SHAPE_H_

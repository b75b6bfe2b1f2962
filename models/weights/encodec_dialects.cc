#include "models/weights/dialects.h"

namespace culturemert {
namespace {

constexpr NameRule kOriginal[] = {
    {"decoder\\..*", nullptr},
    {"encoder\\.model\\.(.*)\\.conv\\.conv\\.(.*)",
     "encoder.layers.\\1.conv.\\2"},
    {"encoder\\.model\\.(\\d+\\.lstm\\..*)", "encoder.layers.\\1"},
    {"quantizer\\.vq\\.layers\\.(\\d+)\\._codebook\\.embed",
     "quantizer.layers.\\1.codebook.embed"},
    // Statistics with which the codebooks are trained.
    {"quantizer\\.vq\\.layers\\.\\d+\\._codebook\\."
     "(?:embed_avg|cluster_size|inited)",
     nullptr},
};

constexpr NameRule kHuggingFace[] = {
    {"decoder\\..*", nullptr},
    {"quantizer\\.layers\\.\\d+\\.codebook\\."
     "(?:embed_avg|cluster_size|inited)",
     nullptr},
    // Weight norm since PyTorch 2.1.
    {"(.*)\\.parametrizations\\.weight\\.original0", "\\1.weight_g"},
    {"(.*)\\.parametrizations\\.weight\\.original1", "\\1.weight_v"},
    {"(.*)", "\\1"},
};

constexpr Dialect kDialects[] = {
    {"encodec", "the encodec package's model",
     "quantizer\\.vq\\.layers\\.\\d+\\._codebook\\.embed", kOriginal},
    {"huggingface", "a Hugging Face EnCodec",
     "quantizer\\.layers\\.\\d+\\.codebook\\.embed", kHuggingFace},
};

}  // namespace

absl::Span<const Dialect> EncodecDialects() { return kDialects; }

}  // namespace culturemert

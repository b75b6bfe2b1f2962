#include "models/weights/mert_shape.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"

namespace culturemert {
namespace {

using Shape = std::vector<std::int64_t>;

constexpr std::int64_t kPublishedHeadWidth = 64;

// The shape of that name if it has so many dimensions, none of them 0.
const Shape* Find(const NamedShapes& shapes, absl::string_view name,
                  std::size_t dimensions) {
  const auto found = shapes.find(std::string(name));
  if (found == shapes.end() || found->second.size() != dimensions) {
    return nullptr;
  }
  const Shape& shape = found->second;
  const bool has_zero = std::count(shape.begin(), shape.end(), 0) > 0;
  return has_zero ? nullptr : &shape;
}

std::int64_t CountLayers(const NamedShapes& shapes) {
  static const RE2* const pattern =
      new RE2(R"(encoder\.layers\.(\d{1,4})\..*)");
  std::int64_t layers = 0;
  for (const auto& [name, shape] : shapes) {
    std::int64_t layer = 0;
    if (RE2::FullMatch(name, *pattern, &layer)) {
      layers = std::max(layers, layer + 1);
    }
  }
  return layers;
}

}  // namespace

void InferEncoderShape(const NamedShapes& shapes, MertConfig* config) {
  if (const Shape* conv =
          Find(shapes, "feature_extractor.conv_layers.0.conv.weight", 3)) {
    config->front_end =
        (*conv)[1] == 1 ? FrontEnd::kWaveform : FrontEnd::kSpectrogram;
    config->conv_channels = (*conv)[0];
  }
  if (const Shape* norm = Find(shapes, "encoder.layer_norm.weight", 1)) {
    config->hidden_size = (*norm)[0];
  }
  if (const std::int64_t layers = CountLayers(shapes); layers > 0) {
    config->layers = layers;
  }
  if (const Shape* dense =
          Find(shapes,
               "encoder.layers.0.feed_forward.intermediate_dense.weight", 2)) {
    config->feed_forward_size = (*dense)[0];
  }
  if (const Shape* conv =
          Find(shapes, "encoder.pos_conv_embed.conv.weight_v", 3)) {
    config->positional_kernel = (*conv)[2];
    if (config->hidden_size % (*conv)[1] == 0) {
      config->positional_groups = config->hidden_size / (*conv)[1];
    }
  }
  config->heads = config->hidden_size % kPublishedHeadWidth == 0
                      ? config->hidden_size / kPublishedHeadWidth
                      : 1;
}

void InferHeadShape(const NamedShapes& shapes, MertConfig* config) {
  const Shape* const embeddings = Find(shapes, "label_embs_concat", 2);
  const Shape* const projection = Find(shapes, "final_proj.weight", 2);
  if (embeddings != nullptr) {
    config->head_size = (*embeddings)[1];
    if (projection != nullptr && (*projection)[0] % config->head_size == 0) {
      config->codebooks = (*projection)[0] / config->head_size;
    }
    if ((*embeddings)[0] % config->codebooks == 0) {
      config->codes = (*embeddings)[0] / config->codebooks;
    }
  }
  if (const Shape* cqt = Find(shapes, "encoder_cqt_model.fc.weight", 2)) {
    config->cqt_bins = (*cqt)[0];
  }
}

bool IsMertHeadName(absl::string_view name) {
  return name == "label_embs_concat" || absl::StartsWith(name, "final_proj.") ||
         absl::StartsWith(name, "encoder_cqt_model.");
}

}  // namespace culturemert

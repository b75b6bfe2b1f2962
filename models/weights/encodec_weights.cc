#include "models/weights/encodec_weights.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/checkpoint_source.h"
#include "models/weights/dialects.h"
#include "re2/re2.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Json = nlohmann::json;

// The size of that dimension, or `otherwise` where there is no such tensor.
std::int64_t SizeOr(const NamedTensors& tensors, const std::string& name,
                    std::int64_t dimension, std::int64_t otherwise) {
  const auto found = tensors.find(name);
  if (found == tensors.end() || found->second.dim() <= dimension) {
    return otherwise;
  }
  return found->second.size(dimension);
}

// One more than the largest number in the group of `pattern`, 0 if no name
// matches.
std::int64_t CountByName(const NamedTensors& tensors, const char* pattern) {
  const RE2 compiled(pattern);
  std::int64_t count = 0;
  for (const auto& [name, tensor] : tensors) {
    std::int64_t number = 0;
    if (RE2::FullMatch(name, compiled, &number)) {
      count = std::max(count, number + 1);
    }
  }
  return count;
}

// What shapes do not tell keeps its default, and CheckTensors its complaint.
EncodecConfig InferShape(const NamedTensors& tensors) {
  EncodecConfig config;
  config.base_width =
      SizeOr(tensors, "encoder.layers.0.conv.weight_v", 0, config.base_width);
  config.codes_per_book = SizeOr(tensors, "quantizer.layers.0.codebook.embed",
                                 0, config.codes_per_book);
  config.latent_size = SizeOr(tensors, "quantizer.layers.0.codebook.embed", 1,
                              config.latent_size);
  config.books =
      CountByName(tensors, R"(quantizer\.layers\.(\d{1,4})\.codebook\.embed)");
  const std::int64_t lstm_layers = CountByName(
      tensors, R"(encoder\.layers\.\d+\.lstm\.weight_ih_l(\d{1,2}))");
  if (lstm_layers > 0) config.lstm_layers = lstm_layers;
  // Behind the first convolution three modules a ratio, then the LSTM.
  const std::int64_t lstm_index =
      CountByName(tensors,
                  R"(encoder\.layers\.(\d{1,2})\.lstm\.weight_ih_l0)") -
      1;
  if (lstm_index < 4) return config;
  config.ratios.clear();
  for (std::int64_t index = 3; index < lstm_index; index += 3) {
    const std::string name =
        absl::StrCat("encoder.layers.", index, ".conv.weight_v");
    config.ratios.push_back(SizeOr(tensors, name, 2, 0) / 2);
  }
  return config;
}

// Keys absent are as transformers' EncodecConfig has them, which is this model.
absl::Status CheckConfigJson(const Json& json, const EncodecConfig& config) {
  const std::vector<std::int64_t> decoder_ratios(config.ratios.rbegin(),
                                                 config.ratios.rend());
  const Json expected = {
      {"sampling_rate", kEncodecRateHz},
      {"audio_channels", 1},
      {"normalize", false},
      {"norm_type", "weight_norm"},
      {"use_causal_conv", true},
      {"pad_mode", "reflect"},
      {"kernel_size", kEncodecOuterKernel},
      {"last_kernel_size", kEncodecOuterKernel},
      {"residual_kernel_size", kEncodecResidualKernel},
      {"num_residual_layers", 1},
      {"use_conv_shortcut", true},
      {"compress", 2},
      {"upsampling_ratios", decoder_ratios},
  };
  std::vector<std::string> complaints;
  for (const auto& [key, value] : expected.items()) {
    if (json.contains(key) && json[key] != value) {
      complaints.push_back(absl::StrCat(key, " is ", json[key].dump(),
                                        ", expected ", value.dump()));
    }
  }
  if (complaints.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(complaints, "; "));
}

absl::Status CheckConfigFile(const CheckpointSource& source,
                             EncodecCheckpoint& checkpoint) {
  if (source.config_path.empty()) return absl::OkStatus();
  const absl::StatusOr<Json> json =
      ParseJson(source.config_text, source.config_path);
  if (!json.ok() || !json->is_object() ||
      json->value("model_type", Json()) != "encodec") {
    checkpoint.notes.push_back(
        absl::StrCat(Basename(source.config_path),
                     " is not used: its model_type is not encodec"));
    return absl::OkStatus();
  }
  return Annotate(CheckConfigJson(*json, checkpoint.config),
                  source.config_path);
}

absl::StatusOr<EncodecCheckpoint> MakeCheckpoint(CheckpointSource source) {
  ASSIGN_OR_RETURN(RenamedTensors renamed,
                   RenameTensors(EncodecDialects(), source.tensors));
  EncodecCheckpoint checkpoint;
  checkpoint.config = InferShape(renamed.tensors);
  checkpoint.tensors = std::move(renamed.tensors);
  checkpoint.dialect = std::move(renamed.dialect);
  checkpoint.ignored = std::move(renamed.ignored);
  checkpoint.format = source.format;
  checkpoint.paths = source.weights_paths;
  RETURN_IF_ERROR(CheckEncodecConfig(checkpoint.config));
  RETURN_IF_ERROR(
      CheckTensors(checkpoint.tensors, EncodecTensors(checkpoint.config)));
  RETURN_IF_ERROR(CheckConfigFile(source, checkpoint));
  for (auto& [name, tensor] : checkpoint.tensors) {
    tensor = tensor.to(at::kFloat);
  }
  return checkpoint;
}

}  // namespace

absl::StatusOr<EncodecCheckpoint> LoadEncodecCheckpoint(
    Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(CheckpointSource source, ReadCheckpointSource(files, path));
  return Annotate(
      CatchTorchErrors([&] { return MakeCheckpoint(std::move(source)); }),
      path);
}

}  // namespace culturemert

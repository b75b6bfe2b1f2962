#include "tests/parity/pretraining_case.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "models/mert/mert_config.h"
#include "models/pretraining/pretraining_head_tensors.h"
#include "models/weights/weights_file.h"
#include "tests/parity/case_folder.h"
#include "tools/base/files/files.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

MertConfig ConfigOf(const nlohmann::json& parity_case) {
  MertConfig config;
  config.conv_channels = parity_case.at("conv_dim");
  config.hidden_size = parity_case.at("hidden_size");
  config.layers = parity_case.at("layers");
  config.heads = parity_case.at("heads");
  config.feed_forward_size = parity_case.at("ffn");
  config.positional_kernel = parity_case.at("pos_conv_kernel");
  config.positional_groups = parity_case.at("pos_conv_groups");
  config.input_dropout = 0;
  config.hidden_dropout = 0;
  config.attention_dropout = 0;
  config.activation_dropout = 0;
  config.layer_drop = 0;
  config.head_size = parity_case.at("head_dim");
  config.codebooks = parity_case.at("books");
  config.codes = parity_case.at("codes_per_book");
  return config;
}

}  // namespace

PretrainingCase::PretrainingCase(const std::string& folder,
                                 c10::ScalarType dtype,
                                 std::int64_t special_rows,
                                 bool keep_special_rows)
    : dtype_(dtype) {
  MertConfig config = ConfigOf(ReadCase(folder));
  NamedTensors encoder = ReadSafetensors(folder + "/model.safetensors");
  for (auto& [name, tensor] : encoder) {
    tensor = tensor.to(dtype, /*non_blocking=*/false, /*copy=*/true);
  }
  NamedTensors heads;
  for (const TensorSpec& spec : PretrainingHeadTensors(config)) {
    heads[spec.name] = encoder.at(spec.name);
    encoder.erase(spec.name);
  }
  if (keep_special_rows) {
    config.codes += special_rows;
  } else {
    at::Tensor& labels = heads["label_embs_concat"];
    labels = labels.view({config.codebooks, -1, config.head_size})
                 .slice(1, special_rows)
                 .reshape({config.codebooks * config.codes, config.head_size});
  }
  encoder_ = Mert::Create(config, std::move(encoder)).value();
  heads_ = PretrainingHeads::Create(config, std::move(heads)).value();
  parameters_ = encoder_->parameters();
  parameters_.insert(heads_->parameters().begin(), heads_->parameters().end());
  for (const auto& [name, tensor] : parameters_) tensor.requires_grad_();
}

PretrainingLoss PretrainingCase::Loss(const at::Tensor& audio,
                                      const PretrainingTargets& targets) const {
  Mert::TrainingInput input;
  input.audio = audio.to(dtype_);
  input.mask = targets.mask;
  input.sample_streams.assign(static_cast<std::size_t>(audio.size(0)),
                              RandomStream(0, 0));
  const Mert::TrainingOutput output =
      encoder_->Forward(input, /*training=*/true).value();
  return ComputePretrainingLoss(PretrainingLossConfig(), *heads_,
                                output.last_hidden, output.feature_penalty,
                                targets)
      .value();
}

NamedTensors ReadSafetensors(absl::string_view path) {
  return LoadWeightsFile(Files::Real(), path).value().tensors;
}

}  // namespace culturemert

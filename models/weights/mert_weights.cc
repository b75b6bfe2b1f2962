#include "models/weights/mert_weights.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/pretraining/pretraining_head_tensors.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/checkpoint_source.h"
#include "models/weights/dialects.h"
#include "models/weights/fairseq_settings.h"
#include "models/weights/label_rows.h"
#include "models/weights/mert_config_json.h"
#include "models/weights/mert_shape.h"
#include "tools/base/config/config.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kLabelEmbeddings[] = "label_embs_concat";

NamedShapes ShapesOf(const NamedTensors& tensors) {
  NamedShapes shapes;
  for (const auto& [name, tensor] : tensors) {
    const at::IntArrayRef shape = tensor.sizes();
    shapes[name].assign(shape.begin(), shape.end());
  }
  return shapes;
}

absl::Status CheckFairseqSettings(const FairseqSettings& settings) {
  if (settings.deepnorm.value_or(false)) {
    return absl::InvalidArgumentError(
        "its settings say deepnorm, which the suite's encoder does not have");
  }
  if (settings.sample_rate.value_or(kMertRateHz) != kMertRateHz) {
    return absl::InvalidArgumentError(
        absl::StrCat("its settings say a sample rate of ",
                     *settings.sample_rate, " Hz, expected ", kMertRateHz));
  }
  return absl::OkStatus();
}

// Sets what shapes cannot tell, and says so.
void SetUnseenFields(const FairseqSettings& settings, MertConfig& config,
                     std::vector<std::string>& notes) {
  notes.push_back("configuration from the tensors' shapes");
  if (settings.encoder_attention_heads.has_value()) {
    config.heads = *settings.encoder_attention_heads;
    notes.push_back("attention heads from the checkpoint's settings");
  } else {
    notes.push_back(absl::StrCat("attention heads assumed to be ", config.heads,
                                 ", which shapes do not tell"));
  }
  if (settings.layer_norm_first.has_value()) {
    config.norm_placement =
        *settings.layer_norm_first ? NormPlacement::kPre : NormPlacement::kPost;
    notes.push_back("norm placement from the checkpoint's settings");
  } else {
    notes.push_back(
        "norms assumed to stand behind the residual sums as in MERT-95M, "
        "which shapes do not tell");
  }
}

absl::StatusOr<MertConfig> ConfigFromFile(const CheckpointSource& source,
                                          const NamedTensors& encoder,
                                          std::vector<std::string>& notes) {
  const auto own = source.metadata.find(kMertConfigKey);
  if (own != source.metadata.end()) {
    notes.push_back("configuration from the file's own metadata");
    return ParseConfig<MertConfig>(own->second,
                                   absl::StrCat("metadata ", kMertConfigKey));
  }
  RETURN_IF_ERROR(CheckFairseqSettings(source.fairseq));
  MertConfig config;
  InferEncoderShape(ShapesOf(encoder), &config);
  SetUnseenFields(source.fairseq, config, notes);
  return config;
}

absl::StatusOr<MertConfig> FindConfig(const CheckpointSource& source,
                                      const NamedTensors& encoder,
                                      std::vector<std::string>& notes) {
  if (IsMertConfigJson(source.config_text)) {
    notes.push_back(
        absl::StrCat("configuration from ", Basename(source.config_path)));
    return ParseMertConfigJson(source.config_text, source.config_path);
  }
  if (!source.config_path.empty()) {
    notes.push_back(
        absl::StrCat(Basename(source.config_path),
                     " is not used: its model_type is no HuBERT's"));
  }
  return ConfigFromFile(source, encoder, notes);
}

// Takes the heads' tensors out of `tensors`.
NamedTensors ExtractHeads(NamedTensors& tensors) {
  NamedTensors heads;
  for (auto entry = tensors.begin(); entry != tensors.end();) {
    const auto next = std::next(entry);
    if (IsMertHeadName(entry->first)) heads.insert(tensors.extract(entry));
    entry = next;
  }
  return heads;
}

// Whether these are all rows of a table, in their order.
bool IsWholeTable(const std::vector<std::int64_t>& rows,
                  std::int64_t num_rows) {
  if (static_cast<std::int64_t>(rows.size()) != num_rows) return false;
  for (std::int64_t i = 0; i < num_rows; ++i) {
    if (rows[static_cast<std::size_t>(i)] != i) return false;
  }
  return true;
}

// Brings the label embeddings into the suite's order and infers the sizes.
absl::Status ArrangeHeads(const CheckpointSource& source,
                          MertCheckpoint& checkpoint) {
  NamedTensors& heads = checkpoint.heads;
  if (heads.empty()) return absl::OkStatus();
  InferHeadShape(ShapesOf(heads), &checkpoint.config);
  const auto embeddings = heads.find(kLabelEmbeddings);
  if (embeddings != heads.end() && embeddings->second.dim() == 2) {
    ASSIGN_OR_RETURN(
        const LabelRows labels,
        FindLabelRows(embeddings->second.size(0), checkpoint.config.codebooks,
                      checkpoint.dialect == "fairseq", source.string_lists));
    checkpoint.config.codes = labels.codes;
    checkpoint.notes.push_back(labels.reason);
    if (!IsWholeTable(labels.rows, embeddings->second.size(0))) {
      embeddings->second =
          at::index_select(embeddings->second, 0, at::tensor(labels.rows));
    }
  }
  return Annotate(
      CheckTensors(heads, PretrainingHeadTensors(checkpoint.config)),
      "pre-training heads");
}

void ConvertToFloat(NamedTensors& tensors, std::vector<std::string>& notes) {
  std::map<std::string, int> converted;
  for (auto& [name, tensor] : tensors) {
    if (tensor.scalar_type() == at::kFloat) continue;
    ++converted[at::toString(tensor.scalar_type())];
    tensor = tensor.to(at::kFloat);
  }
  for (const auto& [type, count] : converted) {
    notes.push_back(absl::StrCat(count, count == 1 ? " tensor" : " tensors",
                                 " of type ", type, " converted to float32"));
  }
}

absl::StatusOr<MertCheckpoint> MakeCheckpoint(CheckpointSource source) {
  ASSIGN_OR_RETURN(RenamedTensors renamed,
                   RenameTensors(MertDialects(), source.tensors));
  MertCheckpoint checkpoint;
  checkpoint.heads = ExtractHeads(renamed.tensors);
  checkpoint.encoder = std::move(renamed.tensors);
  checkpoint.dialect = std::move(renamed.dialect);
  checkpoint.ignored = std::move(renamed.ignored);
  checkpoint.format = source.format;
  checkpoint.paths = source.weights_paths;
  ASSIGN_OR_RETURN(checkpoint.config,
                   FindConfig(source, checkpoint.encoder, checkpoint.notes));
  RETURN_IF_ERROR(
      CheckTensors(checkpoint.encoder, MertEncoderTensors(checkpoint.config)));
  RETURN_IF_ERROR(ArrangeHeads(source, checkpoint));
  RETURN_IF_ERROR(CheckMertConfig(checkpoint.config));
  ConvertToFloat(checkpoint.encoder, checkpoint.notes);
  ConvertToFloat(checkpoint.heads, checkpoint.notes);
  return checkpoint;
}

}  // namespace

absl::StatusOr<MertCheckpoint> LoadMertCheckpoint(Files& files,
                                                  absl::string_view path) {
  ASSIGN_OR_RETURN(CheckpointSource source,
                   ReadCheckpointSource(files, path, kHeadsFileName));
  return Annotate(
      CatchTorchErrors([&] { return MakeCheckpoint(std::move(source)); }),
      path);
}

}  // namespace culturemert

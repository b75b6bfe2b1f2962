#include "models/weights/export.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "models/pretraining/pretraining_head_tensors.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/mert_config_json.h"
#include "models/weights/mert_weights.h"
#include "models/weights/safetensors.h"
#include "tools/base/config/config.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr char kMertLicense[] = "cc-by-nc-4.0";

absl::Status CheckProvenance(const ModelProvenance& provenance) {
  if (provenance.name.empty()) {
    return absl::InvalidArgumentError("the model card needs a name");
  }
  const std::pair<const char*, const std::string*> texts[] = {
      {"name", &provenance.name},
      {"base_model", &provenance.base_model},
      {"method", &provenance.method},
      {"data", &provenance.data},
      {"record_hash", &provenance.record_hash},
      {"license", &provenance.license}};
  for (const auto& [field, text] : texts) {
    if (!IsPrintable(*text)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the model card's ", field, ", ", QuoteForMessage(*text),
                       ", is not a single line of UTF-8"));
    }
  }
  return absl::OkStatus();
}

std::string LicenseOf(const ModelProvenance& provenance) {
  if (!provenance.license.empty() || provenance.base_model.empty()) {
    return provenance.license;
  }
  return kMertLicense;
}

// YAML takes JSON's strings.
void AddYaml(absl::string_view key, const std::string& value,
             std::string& card) {
  if (value.empty()) return;
  absl::StrAppend(&card, key, ": ", nlohmann::json(value).dump(), "\n");
}

void AddRow(absl::string_view what, absl::string_view value,
            std::string& card) {
  if (value.empty()) return;
  absl::StrAppend(&card, "| ", what, " | ",
                  absl::StrReplaceAll(value, {{"|", "\\|"}}), " |\n");
}

// The card's sentence that ends in `hidden_states`.
absl::string_view HowToOpen(const MertConfig& config) {
  return config.front_end == FrontEnd::kWaveform
             ? "Open it with\n\n"
               "    from transformers import HubertModel\n"
               "    model = HubertModel.from_pretrained(\"this/folder\")\n\n"
               "and take `hidden_states`"
             : "Its front-end begins with a spectrogram, which transformers "
               "does not know:\n\n"
               "    culturemert embed --weights=this/folder --audio=FILE "
               "--output=states.npy\n\n"
               "writes its `hidden_states`";
}

absl::string_view Describe(HeardAudio audio) {
  switch (audio) {
    case HeardAudio::kUnknown:
      return "";
    case HeardAudio::kRecordings:
      return "recordings";
    case HeardAudio::kRendered:
      return "synthetic: rendered, no recordings; not a model for use";
    case HeardAudio::kNone:
      return "none: weights as initialised; not a model for use";
  }
  return "";
}

std::string ModelCard(const MertConfig& config, bool has_heads,
                      const ModelProvenance& provenance) {
  const std::string license = LicenseOf(provenance);
  std::string card = "---\n";
  AddYaml("license", license, card);
  AddYaml("base_model", provenance.base_model, card);
  absl::StrAppend(&card,
                  config.front_end == FrontEnd::kWaveform
                      ? "library_name: transformers\n"
                      : "",
                  "pipeline_tag: feature-extraction\n"
                  "tags: [music, mert, hubert]\n---\n\n# ",
                  provenance.name, "\n\n| | |\n|---|---|\n");
  const absl::string_view no_base = provenance.audio == HeardAudio::kNone
                                        ? "none"
                                        : "none, trained from scratch";
  AddRow("base model",
         provenance.base_model.empty() ? no_base : provenance.base_model, card);
  AddRow("method", provenance.method, card);
  AddRow("data", provenance.data, card);
  AddRow("audio", Describe(provenance.audio), card);
  AddRow("record of the run", provenance.record_hash, card);
  AddRow("licence", license.empty() ? "not stated" : license, card);
  absl::StrAppend(
      &card, "\n", config.layers, " layers of ", config.hidden_size,
      ", audio at ", kMertRateHz, " Hz with one channel, 75 frames a second. ",
      HowToOpen(config),
      ": the first is the transformer's input, the others are the outputs of "
      "its layers.\n");
  if (has_heads) {
    absl::StrAppend(&card, "\nThe heads of pre-training are in `",
                    kHeadsFileName, "`, which transformers does not read.\n");
  }
  return card;
}

std::string PreprocessorJson() {
  const nlohmann::json json = {
      {"feature_extractor_type", "Wav2Vec2FeatureExtractor"},
      {"sampling_rate", kMertRateHz},
      {"feature_size", 1},
      {"do_normalize", true},
      {"return_attention_mask", true},
      {"padding_side", "right"},
      {"padding_value", 0},
  };
  return json.dump(2) + "\n";
}

absl::StatusOr<NamedTensors> AsFloats(const NamedTensors& tensors) {
  return CatchTorchErrors([&]() -> absl::StatusOr<NamedTensors> {
    NamedTensors floats;
    for (const auto& [name, tensor] : tensors) {
      floats.emplace(name, tensor.to(at::kFloat));
    }
    return floats;
  });
}

absl::Status WriteTensors(Files& files, const std::string& path,
                          const MertConfig& config,
                          const NamedTensors& tensors) {
  ASSIGN_OR_RETURN(const std::string stated, CanonicalConfig(config));
  ASSIGN_OR_RETURN(const NamedTensors floats, AsFloats(tensors));
  // transformers refuses files without the "format".
  return WriteSafetensors(files, path, floats,
                          {{"format", "pt"}, {kMertConfigKey, stated}});
}

absl::Status WriteHeads(Files& files, const std::string& path,
                        const MertConfig& config, const NamedTensors& heads) {
  if (!heads.empty()) return WriteTensors(files, path, config, heads);
  return files.Exists(path) ? files.Remove(path) : absl::OkStatus();
}

}  // namespace

absl::Status ExportMert(Files& files, absl::string_view folder,
                        const MertConfig& config, const NamedTensors& encoder,
                        const NamedTensors& heads,
                        const ModelProvenance& provenance) {
  RETURN_IF_ERROR(CheckMertConfig(config));
  RETURN_IF_ERROR(CheckProvenance(provenance));
  RETURN_IF_ERROR(Annotate(CheckTensors(encoder, MertEncoderTensors(config)),
                           "encoder to export"));
  if (!heads.empty()) {
    RETURN_IF_ERROR(
        Annotate(CheckTensors(heads, PretrainingHeadTensors(config)),
                 "heads to export"));
  }
  ASSIGN_OR_RETURN(const std::string config_json, PrintMertConfigJson(config));
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  const auto path = [&](absl::string_view name) {
    return JoinPath(folder, name);
  };
  RETURN_IF_ERROR(
      WriteTensors(files, path("model.safetensors"), config, encoder));
  RETURN_IF_ERROR(WriteHeads(files, path(kHeadsFileName), config, heads));
  RETURN_IF_ERROR(files.WriteAtomically(path("preprocessor_config.json"),
                                        PreprocessorJson()));
  RETURN_IF_ERROR(files.WriteAtomically(path("config.json"), config_json));
  return files.WriteAtomically(path("README.md"),
                               ModelCard(config, !heads.empty(), provenance));
}

}  // namespace culturemert

#include "models/weights/mert_config_json.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/config/config.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using Json = nlohmann::json;

// FrontEnd::kSpectrogram; transformers knows no such model and says so.
constexpr char kSpectrogramModelType[] = "culturemert_spectrogram";
constexpr char kSpectrogramArchitecture[] = "CultureMertSpectrogramModel";

std::vector<std::int64_t> Kernels() {
  std::vector<std::int64_t> kernels;
  for (const MertConvLayer& layer : kMertConvLayers) {
    kernels.push_back(layer.kernel);
  }
  return kernels;
}

std::vector<std::int64_t> Strides() {
  std::vector<std::int64_t> strides;
  for (const MertConvLayer& layer : kMertConvLayers) {
    strides.push_back(layer.stride);
  }
  return strides;
}

std::string Shown(const Json& value) {
  return QuoteForMessage(
      value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// Reads keys of one object and collects what is wrong with them.
class KeyReader {
 public:
  explicit KeyReader(const Json& object) : object_(object) {}

  void ReadInteger(const char* key, std::int64_t* out) {
    if (!object_.contains(key)) return;
    const Json& value = object_[key];
    if (!value.is_number_integer()) {
      return Complain(key, "an integer");
    }
    *out = value.get<std::int64_t>();
  }

  void ReadNumber(const char* key, double* out) {
    if (!object_.contains(key)) return;
    if (!object_[key].is_number()) return Complain(key, "a number");
    *out = object_[key].get<double>();
  }

  void ReadBool(const char* key, bool* out) {
    if (!object_.contains(key)) return;
    if (!object_[key].is_boolean()) return Complain(key, "true or false");
    *out = object_[key].get<bool>();
  }

  // Absent or null is as good as `only`.
  void Expect(const char* key, const Json& only) {
    if (!object_.contains(key) || object_[key].is_null()) return;
    if (object_[key] != only) Complain(key, only.dump());
  }

  void ReadConvolutions(std::int64_t* channels) {
    Expect("conv_kernel", Kernels());
    Expect("conv_stride", Strides());
    if (!object_.contains("conv_dim")) return;
    const Json& dims = object_["conv_dim"];
    const bool is_list = dims.is_array() && dims.size() == Kernels().size() &&
                         dims[0].is_number_integer();
    if (!is_list || dims != Json(dims.size(), dims[0])) {
      return Complain("conv_dim", "seven times the same integer");
    }
    *channels = dims[0].get<std::int64_t>();
  }

  absl::Status Finish() const {
    if (complaints_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(complaints_, "; "));
  }

 private:
  void Complain(const char* key, absl::string_view expected) {
    complaints_.push_back(absl::StrCat(key, " is ", Shown(object_[key]),
                                       ", expected ", expected));
  }

  const Json& object_;
  std::vector<std::string> complaints_;
};

absl::StatusOr<MertConfig> ReadKeys(const Json& object) {
  MertConfig config;
  bool norm_first = false;
  KeyReader reader(object);
  if (object.contains("model_type") &&
      object["model_type"] == kSpectrogramModelType) {
    config.front_end = FrontEnd::kSpectrogram;
    reader.ReadInteger("conv_channels", &config.conv_channels);
  } else {
    reader.ReadConvolutions(&config.conv_channels);
  }
  reader.ReadInteger("hidden_size", &config.hidden_size);
  reader.ReadInteger("num_hidden_layers", &config.layers);
  reader.ReadInteger("num_attention_heads", &config.heads);
  reader.ReadInteger("intermediate_size", &config.feed_forward_size);
  reader.ReadInteger("num_conv_pos_embeddings", &config.positional_kernel);
  reader.ReadInteger("num_conv_pos_embedding_groups",
                     &config.positional_groups);
  reader.ReadNumber("layer_norm_eps", &config.layer_norm_epsilon);
  reader.ReadBool("do_stable_layer_norm", &norm_first);
  reader.Expect("sample_rate", kMertRateHz);
  reader.Expect("conv_bias", false);
  reader.Expect("feat_extract_norm", "group");
  reader.Expect("feat_proj_layer_norm", true);
  reader.Expect("feat_extract_activation", "gelu");
  reader.Expect("hidden_act", "gelu");
  reader.Expect("conv_pos_batch_norm", false);
  reader.Expect("feature_extractor_cqt", false);
  reader.Expect("deepnorm", false);
  RETURN_IF_ERROR(reader.Finish());
  config.norm_placement =
      norm_first ? NormPlacement::kPre : NormPlacement::kPost;
  RETURN_IF_ERROR(CheckMertConfig(config));
  return config;
}

// Whether the keys transformers reads say the same as the suite's own.
absl::Status CheckAgreement(const MertConfig& own, const MertConfig& keys) {
  const auto shape = [](const MertConfig& config) {
    return std::vector<std::int64_t>{static_cast<int>(config.front_end),
                                     config.conv_channels,
                                     config.hidden_size,
                                     config.layers,
                                     config.heads,
                                     config.feed_forward_size,
                                     config.positional_kernel,
                                     config.positional_groups,
                                     static_cast<int>(config.norm_placement)};
  };
  if (shape(own) == shape(keys)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(kMertConfigKey,
                   " states another shape than the other keys; remove it if "
                   "the others are right"));
}

}  // namespace

bool IsMertConfigJson(absl::string_view text) {
  const absl::StatusOr<Json> json = ParseJson(text, "");
  if (!json.ok() || !json->is_object()) return false;
  const auto type = json->find("model_type");
  return type != json->end() &&
         (*type == "hubert" || *type == "mert_model" ||
          *type == "music_hubert" || *type == kSpectrogramModelType);
}

absl::StatusOr<MertConfig> ParseMertConfigJson(absl::string_view text,
                                               absl::string_view source) {
  ASSIGN_OR_RETURN(const Json json, ParseJson(text, source));
  if (!json.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": expected a JSON object"));
  }
  absl::StatusOr<MertConfig> config = ReadKeys(json);
  if (!config.ok()) return Annotate(config, source);
  const auto own = json.find(kMertConfigKey);
  if (own == json.end()) return config;
  ASSIGN_OR_RETURN(
      const MertConfig stated,
      ConfigLoader<MertConfig>()
          .AddJson(*own, absl::StrCat(source, ": ", kMertConfigKey))
          .Build());
  RETURN_IF_ERROR(Annotate(CheckAgreement(stated, *config), source));
  return stated;
}

absl::StatusOr<std::string> PrintMertConfigJson(const MertConfig& config) {
  ASSIGN_OR_RETURN(const std::string own, PrintConfig(config));
  ASSIGN_OR_RETURN(const Json own_json, ParseJson(own, kMertConfigKey));
  Json json = {
      {"model_type", "hubert"},
      {"architectures", {"HubertModel"}},
      {"sample_rate", kMertRateHz},
      {"conv_dim",
       std::vector<std::int64_t>(kMertConvLayers.size(), config.conv_channels)},
      {"conv_kernel", Kernels()},
      {"conv_stride", Strides()},
      {"conv_bias", false},
      {"num_feat_extract_layers", kMertConvLayers.size()},
      {"feat_extract_norm", "group"},
      {"feat_extract_activation", "gelu"},
      {"feat_proj_layer_norm", true},
      {"feat_proj_dropout", config.input_dropout},
      {"hidden_size", config.hidden_size},
      {"num_hidden_layers", config.layers},
      {"num_attention_heads", config.heads},
      {"intermediate_size", config.feed_forward_size},
      {"hidden_act", "gelu"},
      {"hidden_dropout", config.hidden_dropout},
      {"attention_dropout", config.attention_dropout},
      {"activation_dropout", config.activation_dropout},
      {"layerdrop", config.layer_drop},
      {"layer_norm_eps", config.layer_norm_epsilon},
      {"num_conv_pos_embeddings", config.positional_kernel},
      {"num_conv_pos_embedding_groups", config.positional_groups},
      {"do_stable_layer_norm", config.norm_placement == NormPlacement::kPre},
      {"torch_dtype", "float32"},
      {kMertConfigKey, own_json},
  };
  if (config.front_end == FrontEnd::kSpectrogram) {
    // Not to be taken for a HuBERT.
    json["model_type"] = kSpectrogramModelType;
    json["architectures"] = {kSpectrogramArchitecture};
    for (const char* key :
         {"conv_dim", "conv_kernel", "conv_stride", "conv_bias",
          "num_feat_extract_layers", "feat_extract_norm"}) {
      json.erase(key);
    }
    json["conv_channels"] = config.conv_channels;
  }
  return json.dump(2) + "\n";
}

}  // namespace culturemert

#include "models/encodec/encodec_config.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::int64_t kMaxWidth = 65536;

absl::Status CheckRange(absl::string_view field, std::int64_t value,
                        std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "encodec: ", field, " is ", value, ", expected ", least, " to ", most));
}

absl::Status CheckRatios(const std::vector<std::int64_t>& ratios) {
  if (ratios.empty() || ratios.size() > 8) {
    return absl::InvalidArgumentError(absl::StrCat(
        "encodec: there are ", ratios.size(), " ratios, expected 1 to 8"));
  }
  std::int64_t product = 1;
  for (const std::int64_t ratio : ratios) {
    if (ratio < 2 || ratio > kEncodecHopSamples) {
      return absl::InvalidArgumentError(absl::StrCat("encodec: a ratio is ",
                                                     ratio, ", expected 2 to ",
                                                     kEncodecHopSamples));
    }
    product *= ratio;
    if (product > kEncodecHopSamples) break;
  }
  if (product != kEncodecHopSamples) {
    return absl::InvalidArgumentError(
        absl::StrCat("encodec: the product of the ratios is ", product,
                     ", expected ", kEncodecHopSamples, " samples a frame"));
  }
  return absl::OkStatus();
}

struct Convolution {
  std::string name;  // "encoder.layers.0"
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 0;
};

void Append(const Convolution& convolution, std::vector<TensorSpec>& specs) {
  const std::string prefix = absl::StrCat(convolution.name, ".conv.");
  specs.push_back({prefix + "bias", {convolution.out}});
  specs.push_back({prefix + "weight_g", {convolution.out, 1, 1}});
  specs.push_back({prefix + "weight_v",
                   {convolution.out, convolution.in, convolution.kernel}});
}

}  // namespace

EncodecConfig EncodecConfig::Tiny() {
  EncodecConfig config;
  config.base_width = 2;
  config.latent_size = 8;
  config.books = 8;
  config.codes_per_book = 64;
  return config;
}

absl::Status CheckEncodecConfig(const EncodecConfig& config) {
  RETURN_IF_ERROR(CheckRange("base_width", config.base_width, 2, 4096));
  if (config.base_width % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("encodec: base_width is ", config.base_width,
                     ", expected an even number: residual blocks halve it"));
  }
  RETURN_IF_ERROR(CheckRange("latent_size", config.latent_size, 1, 4096));
  RETURN_IF_ERROR(
      CheckRange("codes_per_book", config.codes_per_book, 1, 65536));
  RETURN_IF_ERROR(CheckRange("books", config.books, 1, 256));
  RETURN_IF_ERROR(CheckRange("lstm_layers", config.lstm_layers, 1, 8));
  RETURN_IF_ERROR(CheckRatios(config.ratios));
  return CheckRange("the width behind the last ratio", EncodecLstmWidth(config),
                    1, kMaxWidth);
}

std::int64_t EncodecLstmWidth(const EncodecConfig& config) {
  return config.base_width << config.ratios.size();
}

std::vector<TensorSpec> EncodecTensors(const EncodecConfig& config) {
  std::vector<TensorSpec> specs;
  const auto layer = [](std::int64_t index) {
    return absl::StrCat("encoder.layers.", index);
  };
  Append({layer(0), 1, config.base_width, kEncodecOuterKernel}, specs);
  std::int64_t width = config.base_width;
  std::int64_t index = 1;
  for (const std::int64_t ratio : config.ratios) {
    const std::int64_t hidden = width / 2;
    const std::string block = layer(index);
    Append({block + ".block.1", width, hidden, kEncodecResidualKernel}, specs);
    Append({block + ".block.3", hidden, width, 1}, specs);
    Append({block + ".shortcut", width, width, 1}, specs);
    Append({layer(index + 2), width, 2 * width, 2 * ratio}, specs);
    width *= 2;
    index += 3;
  }
  for (std::int64_t i = 0; i < config.lstm_layers; ++i) {
    for (const absl::string_view kind : {"ih", "hh"}) {
      const std::string suffix = absl::StrCat("_", kind, "_l", i);
      const std::string prefix = layer(index) + ".lstm.";
      specs.push_back({absl::StrCat(prefix, "bias", suffix), {4 * width}});
      specs.push_back(
          {absl::StrCat(prefix, "weight", suffix), {4 * width, width}});
    }
  }
  Append({layer(index + 2), width, config.latent_size, kEncodecOuterKernel},
         specs);
  for (std::int64_t book = 0; book < config.books; ++book) {
    specs.push_back({absl::StrCat("quantizer.layers.", book, ".codebook.embed"),
                     {config.codes_per_book, config.latent_size}});
  }
  return specs;
}

}  // namespace culturemert

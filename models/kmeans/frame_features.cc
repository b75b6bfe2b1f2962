#include "models/kmeans/frame_features.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/log1p.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/cqt/cqt_options.h"
#include "models/cqt/cqt_teacher.h"
#include "models/spectrogram/log_bands.h"
#include "models/tensors/torch_errors.h"
#include "models/tokenizer/tokenizer.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kMelBands = 80;
constexpr std::int64_t kMelWindowSamples = 1024;
constexpr float kMelFloor = 1e-10F;
constexpr int kPitchClasses = 12;
constexpr float kSilentEnergy = 1e-10F;
constexpr double kCqtGain = 100;

struct NamedFeature {
  absl::string_view name;
  FrameFeature feature;
};

constexpr NamedFeature kFeatures[] = {
    {"log_mel", FrameFeature::kLogMel},
    {"chroma", FrameFeature::kChroma},
    {"cqt", FrameFeature::kCqt},
    {"log_mel+chroma", FrameFeature::kLogMelAndChroma},
};

absl::Status CheckAudio(const at::Tensor& audio) {
  if (!audio.defined() || !audio.is_floating_point() || audio.dim() != 2 ||
      audio.size(1) < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "audio for frame features has shape [",
        audio.defined() ? absl::StrJoin(audio.sizes(), ", ") : "",
        "]; expected floating-point [B, samples] with at least one sample"));
  }
  if (at::isfinite(audio).all().item<bool>()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "audio for frame features has samples that are not finite");
}

// `magnitudes`: [frames, bins], 4 bins a semitone from a C on.
at::Tensor Chroma(const at::Tensor& magnitudes, const CqtOptions& options) {
  const at::Tensor rows = magnitudes.contiguous();
  const float* in = rows.const_data_ptr<float>();
  at::Tensor chroma = at::empty({rows.size(0), kPitchClasses}, at::kFloat);
  float* out = chroma.data_ptr<float>();
  const int bins_per_class = options.bins_per_octave / kPitchClasses;
  for (std::int64_t t = 0; t < rows.size(0); ++t, out += kPitchClasses) {
    std::fill(out, out + kPitchClasses, 0.0F);
    float total = 0;
    for (int k = 0; k < options.bins; ++k) {
      const float energy = *in * *in;
      ++in;
      // The nearest semitone.
      out[(k + bins_per_class / 2) / bins_per_class % kPitchClasses] += energy;
      total += energy;
    }
    for (int c = 0; c < kPitchClasses; ++c) {
      out[c] = total < kSilentEnergy ? 0.0F : std::sqrt(out[c] / total);
    }
  }
  return chroma;
}

class ComputedFeatures : public FrameFeatures {
 public:
  ComputedFeatures(FrameFeature feature, std::unique_ptr<CqtTeacher> cqt)
      : feature_(feature),
        cqt_(std::move(cqt)),
        log_mel_(kMelWindowSamples,
                 TriangularBands(MelCornersHz(kMelBands), kMelWindowSamples),
                 kMelFloor) {}

  absl::StatusOr<at::Tensor> Extract(const at::Tensor& audio) const override {
    return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
      RETURN_IF_ERROR(CheckAudio(audio));
      const at::Tensor samples =
          audio.detach().to(at::kCPU).to(at::kFloat).contiguous();
      if (samples.size(0) == 0) {
        return at::empty({0, TokenizerFrames(samples.size(1)), size()},
                         at::kFloat);
      }
      std::vector<at::Tensor> rows;
      for (std::int64_t row = 0; row < samples.size(0); ++row) {
        ASSIGN_OR_RETURN(at::Tensor features, Row(samples.select(0, row)));
        rows.push_back(std::move(features));
      }
      return at::stack(rows);
    });
  }

  std::int64_t size() const override {
    const std::vector<std::int64_t> families = FrameFeatureFamilies(feature_);
    return std::accumulate(families.begin(), families.end(), std::int64_t{0});
  }

 private:
  // [frames, size()] of audio [samples].
  absl::StatusOr<at::Tensor> Row(const at::Tensor& samples) const {
    if (feature_ == FrameFeature::kLogMel) return log_mel_.Compute(samples);
    ASSIGN_OR_RETURN(const at::Tensor transform,
                     cqt_->Magnitudes(samples.unsqueeze(0)));
    const at::Tensor magnitudes = transform.select(0, 0).narrow(
        0, 0, TokenizerFrames(samples.size(0)));  // [frames, bins]
    if (feature_ == FrameFeature::kCqt) {
      return at::log1p(magnitudes.mul(kCqtGain));
    }
    const at::Tensor chroma = Chroma(magnitudes, cqt_->options());
    if (feature_ == FrameFeature::kChroma) return chroma;
    return at::cat({log_mel_.Compute(samples), chroma}, 1);
  }

  const FrameFeature feature_;
  const std::unique_ptr<CqtTeacher> cqt_;  // Null for kLogMel.
  const LogBands log_mel_;
};

}  // namespace

absl::string_view FrameFeatureName(FrameFeature feature) {
  for (const NamedFeature& named : kFeatures) {
    if (named.feature == feature) return named.name;
  }
  return "";
}

absl::StatusOr<FrameFeature> ParseFrameFeature(absl::string_view name) {
  for (const NamedFeature& named : kFeatures) {
    if (named.name == name) return named.feature;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "no frame feature is called '", name, "'; expected ",
      absl::StrJoin(kFeatures, ", ",
                    [](std::string* out, const NamedFeature& named) {
                      absl::StrAppend(out, named.name);
                    })));
}

std::vector<std::int64_t> FrameFeatureFamilies(FrameFeature feature) {
  switch (feature) {
    case FrameFeature::kLogMel:
      return {kMelBands};
    case FrameFeature::kChroma:
      return {kPitchClasses};
    case FrameFeature::kCqt:
      return {CqtOptions().bins};
    case FrameFeature::kLogMelAndChroma:
      return {kMelBands, kPitchClasses};
  }
  return {};
}

absl::StatusOr<std::unique_ptr<FrameFeatures>> FrameFeatures::Create(
    FrameFeature feature) {
  return CatchTorchErrors(
      [&]() -> absl::StatusOr<std::unique_ptr<FrameFeatures>> {
        std::unique_ptr<CqtTeacher> cqt;
        if (feature != FrameFeature::kLogMel) {
          ASSIGN_OR_RETURN(cqt, CqtTeacher::Create(CqtOptions()));
        }
        return std::make_unique<ComputedFeatures>(feature, std::move(cqt));
      });
}

}  // namespace culturemert

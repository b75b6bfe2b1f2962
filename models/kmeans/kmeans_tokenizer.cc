#include "models/kmeans/kmeans_tokenizer.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/isfinite.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/kmeans/frame_features.h"
#include "models/kmeans/residual_kmeans.h"
#include "models/tensors/torch_errors.h"
#include "models/tokenizer/tokenizer.h"
#include "models/weights/safetensors.h"
#include "tools/base/files/files.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kFormat[] = "culturemert.kmeans_tokenizer";
// To be raised whenever the same file would give other codes.
constexpr char kVersion[] = "1";

// Below this a feature never moves and is left at 0.
constexpr double kLeastDeviation = 1e-5;

struct Normalisation {
  at::Tensor mean;   // float32 [F]
  at::Tensor scale;  // float32 [F]
};

Normalisation MeasureNormalisation(FrameFeature feature,
                                   const at::Tensor& frames) {
  const at::Tensor values =
      frames.detach().to(at::kCPU).to(at::kDouble).t().contiguous();  // [F, N]
  at::Tensor mean = at::empty_like(values.select(1, 0));
  at::Tensor scale = at::empty_like(mean);
  const std::int64_t count = values.size(1);
  std::int64_t i = 0;
  for (const std::int64_t family : FrameFeatureFamilies(feature)) {
    for (std::int64_t last = i + family; i < last; ++i) {
      // One after the other, so that the sums do not depend on threads.
      const double* const row = values.const_data_ptr<double>() + i * count;
      double sum = 0;
      for (std::int64_t n = 0; n < count; ++n) sum += row[n];
      const double average = sum / count;
      double squares = 0;
      for (std::int64_t n = 0; n < count; ++n) {
        squares += (row[n] - average) * (row[n] - average);
      }
      const double deviation = std::sqrt(squares / count);
      mean.data_ptr<double>()[i] = average;
      scale.data_ptr<double>()[i] =
          deviation < kLeastDeviation
              ? 0
              : 1 / (deviation * std::sqrt(static_cast<double>(family)));
    }
  }
  return {mean.to(at::kFloat), scale.to(at::kFloat)};
}

std::string Identity(FrameFeature feature, const at::Tensor& mean,
                     const at::Tensor& scale, const at::Tensor& books) {
  Hasher hasher;
  for (const at::Tensor& tensor : {mean, scale, books}) {
    hasher.UpdateField(absl::string_view(
        static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()));
  }
  return absl::StrCat("kmeans:feature=", FrameFeatureName(feature),
                      ":books=", books.size(0), ":codes=", books.size(1),
                      ":xxh3=", hasher.Digest().ToHex());
}

absl::StatusOr<std::string> Metadata(const Safetensors& file,
                                     absl::string_view key) {
  const auto found = file.metadata.find(std::string(key));
  if (found != file.metadata.end()) return found->second;
  return absl::InvalidArgumentError(absl::StrCat(
      "metadata lack '", key, "'; expected the file of a k-means tokenizer"));
}

absl::Status CheckMetadata(const Safetensors& file, absl::string_view key,
                           absl::string_view expected) {
  ASSIGN_OR_RETURN(const std::string found, Metadata(file, key));
  if (found == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "metadata '", key, "' is '", found, "'; expected '", expected, "'"));
}

// The float32 tensor of that name, if it has `dimensions` dimensions, `size`
// values in the last one, and all are finite.
absl::StatusOr<at::Tensor> CheckedTensor(const Safetensors& file,
                                         absl::string_view name,
                                         std::int64_t dimensions,
                                         std::int64_t size) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor '", name, "' is missing"));
  }
  const at::Tensor& tensor = found->second;
  if (tensor.scalar_type() != at::kFloat || tensor.dim() != dimensions ||
      tensor.size(dimensions - 1) != size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "tensor '", name, "' is ", c10::toString(tensor.scalar_type()), " [",
        absl::StrJoin(tensor.sizes(), ", "), "]; expected Float with ",
        dimensions, " dimensions, the last one ", size));
  }
  if (!at::isfinite(tensor).all().item<bool>()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor '", name, "' holds values that are not finite"));
  }
  return tensor.clone();
}

}  // namespace

KmeansTokenizer::KmeansTokenizer(FrameFeature feature,
                                 std::unique_ptr<FrameFeatures> features,
                                 const at::Tensor& mean,
                                 const at::Tensor& scale, ResidualKmeans kmeans)
    : feature_(feature),
      features_(std::move(features)),
      mean_(mean),
      scale_(scale),
      kmeans_(std::move(kmeans)),
      identity_(Identity(feature, mean, scale, kmeans_.books())) {}

absl::StatusOr<std::unique_ptr<KmeansTokenizer>> KmeansTokenizer::Create(
    FrameFeature feature, const at::Tensor& mean, const at::Tensor& scale,
    ResidualKmeans kmeans) {
  ASSIGN_OR_RETURN(std::unique_ptr<FrameFeatures> features,
                   FrameFeatures::Create(feature));
  return std::unique_ptr<KmeansTokenizer>(new KmeansTokenizer(
      feature, std::move(features), mean, scale, std::move(kmeans)));
}

absl::StatusOr<std::unique_ptr<KmeansTokenizer>> KmeansTokenizer::Fit(
    FrameFeature feature, const at::Tensor& frames,
    const ResidualKmeansOptions& options) {
  return CatchTorchErrors(
      [&]() -> absl::StatusOr<std::unique_ptr<KmeansTokenizer>> {
        std::int64_t size = 0;
        for (const std::int64_t family : FrameFeatureFamilies(feature)) {
          size += family;
        }
        if (!frames.defined() || frames.dim() != 2 || frames.size(0) < 1 ||
            frames.size(1) != size || !frames.is_floating_point()) {
          return absl::InvalidArgumentError(absl::StrCat(
              "frames for k-means have shape [",
              frames.defined() ? absl::StrJoin(frames.sizes(), ", ") : "",
              "]; expected floating-point [frames, ", size, "] for feature ",
              FrameFeatureName(feature)));
        }
        const Normalisation normalisation =
            MeasureNormalisation(feature, frames);
        ASSIGN_OR_RETURN(
            ResidualKmeans kmeans,
            ResidualKmeans::Fit((frames.detach().to(at::kCPU).to(at::kFloat) -
                                 normalisation.mean) *
                                    normalisation.scale,
                                options));
        return Create(feature, normalisation.mean, normalisation.scale,
                      std::move(kmeans));
      });
}

absl::StatusOr<std::unique_ptr<KmeansTokenizer>> KmeansTokenizer::Load(
    Files& files, absl::string_view path) {
  const auto load = [&]() -> absl::StatusOr<std::unique_ptr<KmeansTokenizer>> {
    ASSIGN_OR_RETURN(const Safetensors file, LoadSafetensors(files, path));
    RETURN_IF_ERROR(Annotate(CheckMetadata(file, "format", kFormat), path));
    RETURN_IF_ERROR(Annotate(CheckMetadata(file, "version", kVersion), path));
    ASSIGN_OR_RETURN(const std::string name,
                     Annotate(Metadata(file, "feature"), path));
    ASSIGN_OR_RETURN(const FrameFeature feature,
                     Annotate(ParseFrameFeature(name), path));
    if (file.tensors.size() != 3) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", file.tensors.size(),
                       " tensors; expected books, mean and scale"));
    }
    std::int64_t size = 0;
    for (const std::int64_t family : FrameFeatureFamilies(feature)) {
      size += family;
    }
    ASSIGN_OR_RETURN(const at::Tensor mean,
                     Annotate(CheckedTensor(file, "mean", 1, size), path));
    ASSIGN_OR_RETURN(const at::Tensor scale,
                     Annotate(CheckedTensor(file, "scale", 1, size), path));
    ASSIGN_OR_RETURN(const at::Tensor books,
                     Annotate(CheckedTensor(file, "books", 3, size), path));
    ASSIGN_OR_RETURN(ResidualKmeans kmeans,
                     Annotate(ResidualKmeans::FromBooks(books), path));
    return Create(feature, mean, scale, std::move(kmeans));
  };
  return CatchTorchErrors(load);
}

absl::Status KmeansTokenizer::Save(Files& files, absl::string_view path) const {
  return WriteSafetensors(
      files, path,
      {{"books", kmeans_.books()}, {"mean", mean_}, {"scale", scale_}},
      {{"feature", std::string(FrameFeatureName(feature_))},
       {"format", kFormat},
       {"version", kVersion}});
}

absl::StatusOr<at::Tensor> KmeansTokenizer::Codes(
    const at::Tensor& audio) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const bool is_batch = !audio.defined() || audio.dim() != 1;
    ASSIGN_OR_RETURN(const at::Tensor frames,
                     features_->Extract(
                         is_batch ? audio : audio.unsqueeze(0)));  // [B, T, F]
    const std::int64_t rows = frames.size(0);
    const std::int64_t length = frames.size(1);
    ASSIGN_OR_RETURN(
        const at::Tensor codes,
        kmeans_.Encode(((frames - mean_) * scale_)
                           .reshape({rows * length, frames.size(2)})));
    const at::Tensor batched =
        codes.view({books(), rows, length}).transpose(0, 1).contiguous();
    return (is_batch ? batched : batched.select(0, 0)).to(audio.device());
  });
}

int KmeansTokenizer::books() const {
  return static_cast<int>(kmeans_.books().size(0));
}

int KmeansTokenizer::codes_per_book() const {
  return static_cast<int>(kmeans_.books().size(1));
}

}  // namespace culturemert

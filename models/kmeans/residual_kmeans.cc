#include "models/kmeans/residual_kmeans.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/kmeans/kmeans.h"
#include "models/kmeans/nearest_codes.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using kmeans_internal::FitKmeans;
using kmeans_internal::NearestCodes;

constexpr int kMaxBooks = 64;
constexpr int kMaxCodes = 65536;
constexpr int kMaxIterations = 10000;

absl::Status CheckRange(absl::string_view what, std::int64_t value,
                        std::int64_t maximum) {
  if (value >= 1 && value <= maximum) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "k-means with ", value, " ", what, "; expected 1 to ", maximum));
}

absl::Status CheckFrames(const at::Tensor& frames) {
  if (!frames.defined() || frames.dim() != 2 || frames.size(1) < 1 ||
      !frames.is_floating_point()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "frames for k-means have shape [",
        frames.defined() ? absl::StrJoin(frames.sizes(), ", ") : "",
        "]; expected floating-point [frames, features]"));
  }
  if (at::isfinite(frames).all().item<bool>()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "frames for k-means hold values that are not finite");
}

// A copy of the frames that may be changed.
std::vector<float> Copy(const at::Tensor& frames) {
  const at::Tensor floats =
      frames.detach().to(at::kCPU).to(at::kFloat).contiguous();
  const float* const data = floats.const_data_ptr<float>();
  return std::vector<float>(data, data + floats.numel());
}

// Codes for `residuals`, of which they are then subtracted.
std::vector<std::int32_t> TakeNearest(absl::Span<const float> codes,
                                      std::int64_t dimension,
                                      absl::Span<float> residuals) {
  const std::vector<std::int32_t> nearest =
      NearestCodes(codes, dimension).Find(residuals);
  for (std::size_t n = 0; n < nearest.size(); ++n) {
    for (std::int64_t i = 0; i < dimension; ++i) {
      residuals[n * dimension + i] -= codes[nearest[n] * dimension + i];
    }
  }
  return nearest;
}

}  // namespace

absl::StatusOr<ResidualKmeans> ResidualKmeans::Fit(
    const at::Tensor& frames, const ResidualKmeansOptions& options) {
  RETURN_IF_ERROR(CheckRange("books", options.books, kMaxBooks));
  RETURN_IF_ERROR(CheckRange("codes a book", options.codes, kMaxCodes));
  RETURN_IF_ERROR(CheckRange("iterations", options.iterations, kMaxIterations));
  return CatchTorchErrors([&]() -> absl::StatusOr<ResidualKmeans> {
    RETURN_IF_ERROR(CheckFrames(frames));
    if (frames.size(0) < options.codes) {
      return absl::InvalidArgumentError(
          absl::StrCat("k-means with ", options.codes,
                       " codes a book needs at least as many", " frames, got ",
                       frames.size(0), "; take more audio or fewer codes"));
    }
    const std::int64_t dimension = frames.size(1);
    std::vector<float> residuals = Copy(frames);
    const RandomStream random(options.seed, StreamId("residual k-means"));
    const at::Tensor books =
        at::empty({options.books, options.codes, dimension}, at::kFloat);
    for (int book = 0; book < options.books; ++book) {
      const std::vector<float> codes =
          FitKmeans(residuals, dimension, options.codes, options.iterations,
                    random.Substream(book));
      std::copy(codes.begin(), codes.end(),
                books.data_ptr<float>() + book * options.codes * dimension);
      TakeNearest(codes, dimension, absl::MakeSpan(residuals));
    }
    return ResidualKmeans(books);
  });
}

absl::StatusOr<ResidualKmeans> ResidualKmeans::FromBooks(
    const at::Tensor& books) {
  return CatchTorchErrors([&]() -> absl::StatusOr<ResidualKmeans> {
    if (!books.defined() || books.scalar_type() != at::kFloat ||
        books.dim() != 3 || books.size(2) < 1) {
      return absl::InvalidArgumentError(absl::StrCat(
          "k-means books have shape [",
          books.defined() ? absl::StrJoin(books.sizes(), ", ") : "",
          "]; expected float32 [books, codes, features]"));
    }
    RETURN_IF_ERROR(CheckRange("books", books.size(0), kMaxBooks));
    RETURN_IF_ERROR(CheckRange("codes a book", books.size(1), kMaxCodes));
    if (!at::isfinite(books).all().item<bool>()) {
      return absl::InvalidArgumentError(
          "k-means books hold values that are not finite");
    }
    return ResidualKmeans(books.detach().to(at::kCPU).contiguous().clone());
  });
}

absl::StatusOr<at::Tensor> ResidualKmeans::Encode(
    const at::Tensor& frames) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    RETURN_IF_ERROR(CheckFrames(frames));
    const std::int64_t dimension = books_.size(2);
    if (frames.size(1) != dimension) {
      return absl::InvalidArgumentError(
          absl::StrCat("frames of ", frames.size(1),
                       " features for k-means books of ", dimension));
    }
    std::vector<float> residuals = Copy(frames);
    const at::Tensor codes =
        at::empty({books_.size(0), frames.size(0)}, at::kLong);
    for (std::int64_t book = 0; book < books_.size(0); ++book) {
      const std::vector<std::int32_t> nearest =
          TakeNearest(absl::MakeConstSpan(books_.const_data_ptr<float>() +
                                              book * books_.size(1) * dimension,
                                          books_.size(1) * dimension),
                      dimension, absl::MakeSpan(residuals));
      std::copy(nearest.begin(), nearest.end(),
                codes.data_ptr<std::int64_t>() + book * frames.size(0));
    }
    return codes.to(frames.device());
  });
}

absl::StatusOr<at::Tensor> ResidualKmeans::Decode(
    const at::Tensor& codes) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    if (!codes.defined() || codes.scalar_type() != at::kLong ||
        codes.dim() != 2 || codes.size(0) < 1 ||
        codes.size(0) > books_.size(0)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "k-means codes have shape [",
          codes.defined() ? absl::StrJoin(codes.sizes(), ", ") : "",
          "]; expected int64 [1 to ", books_.size(0), ", frames]"));
    }
    const at::Tensor places = codes.to(at::kCPU);
    if (places.numel() > 0 &&
        (places.min().item<std::int64_t>() < 0 ||
         places.max().item<std::int64_t>() >= books_.size(1))) {
      return absl::InvalidArgumentError(
          absl::StrCat("k-means codes outside [0, ", books_.size(1), ")"));
    }
    at::Tensor frames = at::zeros({codes.size(1), books_.size(2)}, at::kFloat);
    for (std::int64_t book = 0; book < codes.size(0); ++book) {
      frames.add_(
          books_.select(0, book).index_select(0, places.select(0, book)));
    }
    return frames;
  });
}

}  // namespace culturemert

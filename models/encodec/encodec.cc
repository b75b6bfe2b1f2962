#include "models/encodec/encodec.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/encodec/encodec_reference.h"
#include "models/encodec/frame_kernels.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

StoredConvolution Stored(const EncodecConvolution& convolution) {
  const at::Tensor& weight = convolution.weight;
  return {{weight.const_data_ptr<float>(), weight.size(0), weight.size(1),
           weight.size(2)},
          convolution.bias.const_data_ptr<float>(),
          convolution.stride};
}

StoredEncodec Stored(const EncodecLayers& layers) {
  StoredEncodec stored;
  stored.first = Stored(layers.first);
  stored.first.weight.padded_rows = false;
  for (const EncodecStage& stage : layers.stages) {
    stored.stages.push_back({Stored(stage.hidden), Stored(stage.expand),
                             Stored(stage.shortcut), Stored(stage.down)});
  }
  for (const EncodecLstmLayer& layer : layers.lstm) {
    stored.lstm.push_back({layer.input_weight.const_data_ptr<float>(),
                           layer.recurrent_weight.const_data_ptr<float>(),
                           layer.input_bias.const_data_ptr<float>(),
                           layer.recurrent_bias.const_data_ptr<float>()});
  }
  stored.last = Stored(layers.last);
  for (const at::Tensor& book : layers.books) {
    stored.books.push_back(book.const_data_ptr<float>());
  }
  return stored;
}

// By a plain loop where it can be: LibTorch's threads spin for a while after
// they are done, in the way of those that follow.
bool AllFinite(const at::Tensor& audio) {
  if (!audio.is_cpu() || audio.scalar_type() != at::kFloat) {
    return at::isfinite(audio).all().item<bool>();
  }
  const float* values = audio.const_data_ptr<float>();
  return std::all_of(values, values + audio.numel(),
                     [](float value) { return std::isfinite(value); });
}

// Null where the fast route cannot run.
absl::StatusOr<std::unique_ptr<FastEncodec>> CreateFast(
    const EncodecConfig& config, const EncodecLayers& layers, int threads) {
  const at::Tensor& weight = layers.first.weight;
  const FrameKernels* kernels = SupportedFrameKernels();
  if (kernels == nullptr || !weight.is_cpu() ||
      weight.scalar_type() != at::kFloat) {
    return std::unique_ptr<FastEncodec>();
  }
  return FastEncodec::Create(config, Stored(layers), *kernels,
                             threads == 0 ? at::get_num_threads() : threads);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Encodec>> Encodec::Create(
    const EncodecConfig& config, const NamedTensors& weights, int threads) {
  ASSIGN_OR_RETURN(EncodecLayers layers, BuildEncodecLayers(config, weights));
  return CatchTorchErrors([&]() -> absl::StatusOr<std::unique_ptr<Encodec>> {
    ASSIGN_OR_RETURN(std::unique_ptr<FastEncodec> fast,
                     CreateFast(config, layers, threads));
    return std::unique_ptr<Encodec>(
        new Encodec(config, std::move(layers), std::move(fast)));
  });
}

Encodec::Encodec(EncodecConfig config, EncodecLayers layers,
                 std::unique_ptr<FastEncodec> fast)
    : config_(std::move(config)),
      layers_(std::move(layers)),
      fast_(std::move(fast)) {}

absl::Status Encodec::CheckBooks(int books) const {
  if (books >= 1 && books <= config_.books) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "encodec: ", books, " books asked for, expected 1 to ", config_.books));
}

absl::StatusOr<at::Tensor> Encodec::Prepare(const at::Tensor& audio) const {
  if (audio.dim() != 2 || audio.size(0) < 1 || audio.size(1) < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "encodec: audio of ", audio.dim(), " dimensions and ", audio.numel(),
        " samples, expected [B, samples] with at "
        "least one of each"));
  }
  if (!at::isFloatingType(audio.scalar_type())) {
    return absl::InvalidArgumentError(
        "encodec: audio is not of a floating-point type");
  }
  const at::Tensor& weight = layers_.first.weight;
  const at::Tensor prepared =
      audio.detach().to(weight.device(), weight.scalar_type()).contiguous();
  if (!AllFinite(prepared)) {
    return absl::InvalidArgumentError(
        "encodec: audio holds samples that are not finite");
  }
  return prepared;
}

at::Tensor Encodec::RowLatents(const at::Tensor& audio) const {
  if (!audio.is_cpu()) return ReferenceLatents(layers_, audio);
  std::vector<at::Tensor> rows;
  for (std::int64_t row = 0; row < audio.size(0); ++row) {
    rows.push_back(ReferenceLatents(layers_, audio.narrow(0, row, 1)));
  }
  return at::cat(rows);
}

absl::StatusOr<at::Tensor> Encodec::Latents(const at::Tensor& audio) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_grad;
    ASSIGN_OR_RETURN(const at::Tensor prepared, Prepare(audio));
    if (fast_ == nullptr) return RowLatents(prepared).to(audio.device());
    const at::Tensor latents = at::empty({prepared.size(0), config_.latent_size,
                                          EncodecFrames(prepared.size(1))},
                                         prepared.options());
    RETURN_IF_ERROR(fast_->Encode(prepared.const_data_ptr<float>(),
                                  prepared.size(0), prepared.size(1), 0,
                                  latents.mutable_data_ptr<float>(), nullptr));
    return latents.to(audio.device());
  });
}

absl::StatusOr<at::Tensor> Encodec::Codes(const at::Tensor& audio,
                                          int books) const {
  RETURN_IF_ERROR(CheckBooks(books));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_grad;
    ASSIGN_OR_RETURN(const at::Tensor prepared, Prepare(audio));
    if (fast_ == nullptr) {
      ASSIGN_OR_RETURN(const at::Tensor codes,
                       Quantize(RowLatents(prepared), books));
      return codes.to(audio.device());
    }
    const at::Tensor codes =
        at::empty({prepared.size(0), books, EncodecFrames(prepared.size(1))},
                  prepared.options().dtype(at::kLong));
    RETURN_IF_ERROR(fast_->Encode(
        prepared.const_data_ptr<float>(), prepared.size(0), prepared.size(1),
        books, nullptr, codes.mutable_data_ptr<std::int64_t>()));
    return codes.to(audio.device());
  });
}

absl::StatusOr<at::Tensor> Encodec::Quantize(const at::Tensor& latents,
                                             int books) const {
  RETURN_IF_ERROR(CheckBooks(books));
  if (latents.dim() != 3 || latents.size(1) != config_.latent_size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "encodec: expected latents [B, ", config_.latent_size, ", T]"));
  }
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_grad;
    const at::Tensor& weight = layers_.first.weight;
    const at::Tensor prepared =
        latents.to(weight.device(), weight.scalar_type());
    std::vector<at::Tensor> rows;
    for (std::int64_t row = 0; row < prepared.size(0); ++row) {
      rows.push_back(
          ReferenceCodes(layers_, prepared.narrow(0, row, 1), books));
    }
    return at::cat(rows).to(latents.device());
  });
}

}  // namespace culturemert

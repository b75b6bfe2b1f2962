#include "models/pretraining/pretraining_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/aminmax.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/nonzero.h>

#include <cstddef>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/pretraining/product_cross_entropy.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// As torch.cosine_similarity's default.
constexpr double kShortestVector = 1e-8;

std::string Described(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  std::string shape = "[";
  for (const std::int64_t size : tensor.sizes()) {
    absl::StrAppend(&shape, shape.size() > 1 ? ", " : "", size);
  }
  return absl::StrCat(c10::toString(tensor.scalar_type()), " ", shape, "]");
}

absl::Status Misshaped(absl::string_view name, const at::Tensor& tensor,
                       absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      name, " is ", Described(tensor), ", but must be ", expected));
}

bool IsInteger(const at::Tensor& tensor) {
  return tensor.defined() &&
         c10::isIntegralType(tensor.scalar_type(), /*includeBool=*/false);
}

bool IsFloating(const at::Tensor& tensor) {
  return tensor.defined() && tensor.is_floating_point();
}

absl::Status CheckInputs(const MertConfig& model, const at::Tensor& last_hidden,
                         const at::Tensor& feature_penalty,
                         const PretrainingTargets& targets) {
  if (!IsFloating(last_hidden) || last_hidden.dim() != 3 ||
      last_hidden.size(2) != model.hidden_size) {
    return Misshaped(
        "last_hidden", last_hidden,
        absl::StrCat("floating point [B, T, ", model.hidden_size, "]"));
  }
  if (!IsFloating(feature_penalty) || feature_penalty.dim() != 0) {
    return Misshaped("feature_penalty", feature_penalty,
                     "a floating-point scalar");
  }
  const std::int64_t clips = last_hidden.size(0);
  const std::int64_t frames = last_hidden.size(1);
  const at::Tensor& mask = targets.mask;
  if (!mask.defined() || mask.scalar_type() != at::kBool || mask.dim() != 2 ||
      mask.size(0) != clips || mask.size(1) != frames) {
    return Misshaped("mask", mask,
                     absl::StrCat("Bool [", clips, ", ", frames, "]"));
  }
  const at::Tensor& codes = targets.codes;
  if (!IsInteger(codes) || codes.dim() != 3 ||
      codes.size(0) != model.codebooks || codes.size(1) != clips ||
      codes.size(2) < frames) {
    return Misshaped("codes", codes,
                     absl::StrCat("integers [", model.codebooks, ", ", clips,
                                  ", ", frames, " or more]"));
  }
  const at::Tensor& cqt = targets.cqt;
  if (!IsFloating(cqt) || cqt.dim() != 3 || cqt.size(0) != clips ||
      cqt.size(1) < frames || cqt.size(2) != model.cqt_bins) {
    return Misshaped("cqt", cqt,
                     absl::StrCat("floating point [", clips, ", ", frames,
                                  " or more, ", model.cqt_bins, "]"));
  }
  return absl::OkStatus();
}

absl::Status CheckCodes(const at::Tensor& codes, std::int64_t codes_per_book) {
  const auto [lowest, highest] = at::aminmax(codes);
  const auto low = lowest.item<std::int64_t>();
  const auto high = highest.item<std::int64_t>();
  if (low < 0 || high >= codes_per_book) {
    return absl::InvalidArgumentError(
        absl::StrCat("codes contain ", low < 0 ? low : high,
                     ", but a book has the codes 0 to ", codes_per_book - 1));
  }
  return absl::OkStatus();
}

at::Tensor UnitVectors(const at::Tensor& vectors) {
  return vectors / at::linalg_vector_norm(vectors, 2, -1, /*keepdim=*/true)
                       .clamp_min(kShortestVector);
}

// All that the loss sees: the M hidden frames of the batch.
struct Frames {
  at::Tensor states;  // [M, D]
  at::Tensor codes;   // int64 [K, M]
  at::Tensor cqt;     // [M, bins]
};

absl::StatusOr<Frames> GatherFrames(const MertConfig& model,
                                    const at::Tensor& last_hidden,
                                    const PretrainingTargets& targets,
                                    c10::ScalarType real) {
  const std::int64_t frames = last_hidden.size(1);
  const c10::Device device = last_hidden.device();
  const at::Tensor hidden =
      at::nonzero(targets.mask.reshape(-1)).squeeze(1);  // [M]
  if (hidden.size(0) == 0) {
    return absl::InvalidArgumentError("mask hides no frame");
  }
  Frames gathered;
  gathered.codes = targets.codes.to(at::kLong)
                       .narrow(2, 0, frames)
                       .flatten(1)
                       .index_select(1, hidden.to(targets.codes.device()));
  RETURN_IF_ERROR(CheckCodes(gathered.codes, model.codes));
  gathered.codes = gathered.codes.to(device);
  gathered.cqt = targets.cqt.detach()
                     .narrow(1, 0, frames)
                     .flatten(0, 1)
                     .index_select(0, hidden.to(targets.cqt.device()))
                     .to(device, real);
  gathered.states =
      last_hidden.flatten(0, 1).index_select(0, hidden.to(device)).to(real);
  return gathered;
}

}  // namespace

void PretrainingLossConfig::Describe(
    ConfigSchema<PretrainingLossConfig>& schema) {
  schema.Struct("PretrainingLossConfig",
                "The weights of the terms of the pre-training loss; that of "
                "the cross-entropy is one.");
  schema
      .Field("temperature", &PretrainingLossConfig::temperature,
             "What cosines are divided by to become logits.")
      .AtLeast(2 / kMaxLogitRange)
      .AtMost(10);
  schema
      .Field("feature_penalty_weight",
             &PretrainingLossConfig::feature_penalty_weight,
             "Of the mean square of the convolutional front-end's output.")
      .AtLeast(0)
      .AtMost(1e6);
  schema
      .Field("cqt_weight", &PretrainingLossConfig::cqt_weight,
             "Of the mean square error of the predicted CQT.")
      .AtLeast(0)
      .AtMost(1e6);
}

absl::StatusOr<PretrainingLoss> ComputePretrainingLoss(
    const PretrainingLossConfig& config, const PretrainingHeads& heads,
    const at::Tensor& last_hidden, const at::Tensor& feature_penalty,
    const PretrainingTargets& targets) {
  RETURN_IF_ERROR(ValidateConfig(config));
  const MertConfig& model = heads.config();
  RETURN_IF_ERROR(CheckInputs(model, last_hidden, feature_penalty, targets));
  return CatchTorchErrors([&]() -> absl::StatusOr<PretrainingLoss> {
    const NamedTensors& weights = heads.parameters();
    const at::Tensor& embeddings = weights.at("label_embs_concat");
    const c10::ScalarType real = last_hidden.scalar_type() == at::kDouble ||
                                         embeddings.scalar_type() == at::kDouble
                                     ? at::kDouble
                                     : at::kFloat;
    const auto in_real = [&](absl::string_view name) {
      return weights.find(name)->second.to(real);
    };
    ASSIGN_OR_RETURN(const Frames frames,
                     GatherFrames(model, last_hidden, targets, real));
    const std::int64_t count = frames.states.size(0);

    const at::Tensor projected =  // [K, M, H]
        at::linear(frames.states, in_real("final_proj.weight"),
                   in_real("final_proj.bias"))
            .view({count, model.codebooks, model.head_size})
            .transpose(0, 1);
    const at::Tensor books =  // [K, C, H]
        embeddings.to(real).view(
            {model.codebooks, model.codes, model.head_size});
    ASSIGN_OR_RETURN(
        const ProductCrossEntropyResult codes,
        ProductCrossEntropy(UnitVectors(projected),
                            UnitVectors(books) / config.temperature,
                            frames.codes));
    const at::Tensor predicted_cqt =  // [M, bins]
        at::linear(frames.states, in_real("encoder_cqt_model.fc.weight"),
                   in_real("encoder_cqt_model.fc.bias"));
    const at::Tensor cqt_error = at::mse_loss(predicted_cqt, frames.cqt);

    PretrainingLoss loss;
    loss.sum = codes.loss.sum() +
               (feature_penalty.to(real) * config.feature_penalty_weight +
                cqt_error * config.cqt_weight) *
                   static_cast<double>(count);
    loss.masked_frames = count;
    loss.cross_entropy = codes.loss.detach();
    loss.correct = codes.correct;
    loss.feature_penalty = feature_penalty.detach();
    loss.cqt_error = cqt_error.detach();
    return loss;
  });
}

void PretrainingSums::Add(const PretrainingSums& other) {
  masked_frames += other.masked_frames;
  loss += other.loss;
  cross_entropy.resize(other.cross_entropy.size(), 0);
  correct.resize(other.correct.size(), 0);
  for (std::size_t book = 0; book < cross_entropy.size(); ++book) {
    cross_entropy[book] += other.cross_entropy[book];
    correct[book] += other.correct[book];
  }
  feature_penalty += other.feature_penalty;
  cqt_error += other.cqt_error;
}

absl::StatusOr<PretrainingSums> ReadSums(const PretrainingLoss& loss) {
  return CatchTorchErrors([&]() -> absl::StatusOr<PretrainingSums> {
    PretrainingSums sums;
    sums.masked_frames = static_cast<double>(loss.masked_frames);
    sums.loss = loss.sum.item<double>();
    const at::Tensor cross_entropy = loss.cross_entropy.cpu().to(at::kDouble);
    const at::Tensor correct = loss.correct.cpu().to(at::kDouble);
    const double* entropies = cross_entropy.const_data_ptr<double>();
    const double* counts = correct.const_data_ptr<double>();
    sums.cross_entropy.assign(entropies, entropies + cross_entropy.numel());
    sums.correct.assign(counts, counts + correct.numel());
    sums.feature_penalty =
        loss.feature_penalty.item<double>() * sums.masked_frames;
    sums.cqt_error = loss.cqt_error.item<double>() * sums.masked_frames;
    return sums;
  });
}

}  // namespace culturemert

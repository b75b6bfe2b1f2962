#include "models/merging/merger.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/merging/magnitude_selector.h"
#include "models/merging/merge_kernels.h"
#include "models/tensors/tensor_spec.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

bool IsFloating(const at::Tensor& tensor) {
  return at::isFloatingType(tensor.scalar_type());
}

// The tensor's values as float32, in C order; the tensor itself where it is
// that already.
at::Tensor AsFloats(const at::Tensor& tensor) {
  return tensor.detach().to(at::kFloat).contiguous();
}

absl::Span<const float> ValuesOf(const at::Tensor& floats) {
  return absl::MakeConstSpan(floats.const_data_ptr<float>(),
                             static_cast<std::size_t>(floats.numel()));
}

absl::Status CheckInput(const MergeInput& base, const MergeInput& adapted) {
  std::vector<TensorSpec> expected;
  NamedTensors comparable = *adapted.tensors;
  for (const auto& [name, tensor] : *base.tensors) {
    if (!IsFloating(tensor)) {
      comparable.erase(name);
      continue;
    }
    const at::IntArrayRef shape = tensor.sizes();
    expected.push_back({name, {shape.begin(), shape.end()}});
  }
  return Annotate(CheckTensors(comparable, expected),
                  absl::StrCat(adapted.name, " does not fit ", base.name));
}

// Elements of a task vector, a block at a time.
template <typename Use>
void ForEachTaskVectorBlock(const at::Tensor& base, const at::Tensor& adapted,
                            Use&& use) {
  constexpr std::size_t kBlock = 4096;
  const at::Tensor base_floats = AsFloats(base);
  const at::Tensor adapted_floats = AsFloats(adapted);
  const absl::Span<const float> from = ValuesOf(adapted_floats);
  const absl::Span<const float> what = ValuesOf(base_floats);
  std::vector<float> block(kBlock);
  for (std::size_t begin = 0; begin < from.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, from.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      block[i] = from[begin + i] - what[begin + i];
    }
    use(absl::MakeConstSpan(block).subspan(0, count));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Merger>> Merger::Create(
    MergeInput base, std::vector<MergeInput> adapted,
    const MergeOptions& options, Release release) {
  RETURN_IF_ERROR(CheckMergeOptions(options, adapted.size()));
  for (const MergeInput& input : adapted) {
    RETURN_IF_ERROR(CheckInput(base, input));
  }
  std::unique_ptr<Merger> merger(new Merger(std::move(base), std::move(adapted),
                                            options, std::move(release)));
  if (options.method == MergeMethod::kTies) {
    RETURN_IF_ERROR(
        CatchTorchErrors([&] { return merger->ChooseThresholds(); }));
  }
  return merger;
}

Merger::Merger(MergeInput base, std::vector<MergeInput> adapted,
               const MergeOptions& options, Release release)
    : base_(std::move(base)),
      adapted_(std::move(adapted)),
      options_(options),
      release_(std::move(release)) {}

absl::Status Merger::ChooseThresholds() {
  for (const MergeInput& input : adapted_) {
    MagnitudeSelector selector;
    const auto for_each_block = [&](auto&& use) {
      for (const auto& [name, base] : *base_.tensors) {
        if (!IsFloating(base)) continue;
        const at::Tensor& adapted = input.tensors->find(name)->second;
        ForEachTaskVectorBlock(base, adapted, use);
        release_(base);
        release_(adapted);
      }
    };
    for_each_block([&](absl::Span<const float> tau) { selector.Count(tau); });
    if (selector.size() == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(base_.name, " has no floating-point values to merge"));
    }
    const double kept = options_.density * static_cast<double>(selector.size());
    selector.Choose(
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(kept)));
    for_each_block(
        [&](absl::Span<const float> tau) { selector.CountAgain(tau); });
    thresholds_.push_back(selector.Threshold());
  }
  return absl::OkStatus();
}

absl::StatusOr<at::Tensor> Merger::Merge(absl::string_view name) const {
  const auto found = base_.tensors->find(std::string(name));
  if (found == base_.tensors->end()) {
    return absl::NotFoundError(
        absl::StrCat(base_.name, " has no tensor ", name));
  }
  const at::Tensor& base = found->second;
  if (!IsFloating(base)) return base;
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    at::Tensor merged = MergeFloats(name, base);
    release_(base);
    for (const MergeInput& input : adapted_) {
      release_(input.tensors->find(std::string(name))->second);
    }
    return merged.to(base.scalar_type());
  });
}

at::Tensor Merger::MergeFloats(absl::string_view name,
                               const at::Tensor& base) const {
  const at::Tensor base_floats = AsFloats(base);
  std::vector<at::Tensor> adapted_floats;
  std::vector<absl::Span<const float>> adapted;
  for (const MergeInput& input : adapted_) {
    adapted_floats.push_back(
        AsFloats(input.tensors->find(std::string(name))->second));
    adapted.push_back(ValuesOf(adapted_floats.back()));
  }
  at::Tensor merged = at::empty(base.sizes(), at::kFloat);
  const absl::Span<float> out(merged.mutable_data_ptr<float>(),
                              static_cast<std::size_t>(merged.numel()));
  const absl::Span<const float> from = ValuesOf(base_floats);
  const float scale = static_cast<float>(options_.scale);
  switch (options_.method) {
    case MergeMethod::kTaskArithmetic:
      AddTaskVectors(from, adapted, scale, out);
      break;
    case MergeMethod::kAverage:
      AverageModels(adapted, out);
      break;
    case MergeMethod::kTies:
      MergeTies(from, adapted, thresholds_, scale, out);
      break;
    case MergeMethod::kDare: {
      std::vector<RandomStream> streams;
      const RandomStream of_tensor(options_.seed,
                                   StreamId(absl::StrCat("dare:", name)));
      for (std::size_t k = 0; k < adapted.size(); ++k) {
        streams.push_back(of_tensor.Substream(k));
      }
      MergeDare(from, adapted, streams, static_cast<float>(options_.drop_rate),
                scale, out);
      break;
    }
    case MergeMethod::kSlerp:
      InterpolateSpherically(adapted[0], adapted[1], options_.interpolation,
                             out);
      break;
  }
  return merged;
}

}  // namespace culturemert

#include "models/merging/merge_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace culturemert {
namespace {

// Small enough for the first-level cache, large enough to make loops out of it
// that the compiler turns into vector instructions.
constexpr std::size_t kBlock = 1024;
using Block = std::array<float, kBlock>;

// Calls body(begin, count) for blocks of at most kBlock elements.
template <typename Body>
void ForEachBlock(std::size_t size, Body&& body) {
  for (std::size_t begin = 0; begin < size; begin += kBlock) {
    body(begin, std::min(kBlock, size - begin));
  }
}

void Subtract(const float* from, const float* what, std::size_t count,
              Block& out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = from[i] - what[i];
}

void AddTo(const Block& what, std::size_t count, Block& sum) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += what[i];
}

void AddScaled(const float* base, const Block& sum, float scale,
               std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = base[i] + scale * sum[i];
}

void Trim(float threshold, std::size_t count, Block& values) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!(std::fabs(values[i]) >= threshold)) values[i] = 0;
  }
}

}  // namespace

void AddTaskVectors(absl::Span<const float> base, AdaptedValues adapted,
                    float scale, absl::Span<float> out) {
  Block sum;
  Block tau;
  ForEachBlock(base.size(), [&](std::size_t begin, std::size_t count) {
    const float* const b = base.data() + begin;
    sum.fill(0);
    for (std::size_t k = 0; k < adapted.size(); ++k) {
      Subtract(adapted[k].data() + begin, b, count, k == 0 ? sum : tau);
      if (k > 0) AddTo(tau, count, sum);
    }
    AddScaled(b, sum, scale, count, out.data() + begin);
  });
}

void AverageModels(AdaptedValues adapted, absl::Span<float> out) {
  const float models = static_cast<float>(adapted.size());
  Block sum;
  ForEachBlock(out.size(), [&](std::size_t begin, std::size_t count) {
    std::copy_n(adapted[0].data() + begin, count, sum.begin());
    for (const absl::Span<const float>& values : adapted.subspan(1)) {
      for (std::size_t i = 0; i < count; ++i) sum[i] += values[begin + i];
    }
    for (std::size_t i = 0; i < count; ++i) out[begin + i] = sum[i] / models;
  });
}

void MergeTies(absl::Span<const float> base, AdaptedValues adapted,
               absl::Span<const float> thresholds, float scale,
               absl::Span<float> out) {
  Block tau;
  Block elected;  // The sum whose sign counts.
  Block sum;
  Block agreeing;
  const auto trimmed = [&](std::size_t k, std::size_t begin,
                           std::size_t count) {
    Subtract(adapted[k].data() + begin, base.data() + begin, count, tau);
    Trim(thresholds[k], count, tau);
  };
  ForEachBlock(base.size(), [&](std::size_t begin, std::size_t count) {
    elected.fill(0);
    for (std::size_t k = 0; k < adapted.size(); ++k) {
      trimmed(k, begin, count);
      AddTo(tau, count, elected);
    }
    sum.fill(0);
    agreeing.fill(0);
    for (std::size_t k = 0; k < adapted.size(); ++k) {
      trimmed(k, begin, count);
      for (std::size_t i = 0; i < count; ++i) {
        const bool agrees =
            (tau[i] > 0 && elected[i] > 0) || (tau[i] < 0 && elected[i] < 0);
        sum[i] += agrees ? tau[i] : 0.0f;
        agreeing[i] += agrees ? 1.0f : 0.0f;
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      sum[i] /= std::max(agreeing[i], 1.0f);
    }
    AddScaled(base.data() + begin, sum, scale, count, out.data() + begin);
  });
}

void MergeDare(absl::Span<const float> base, AdaptedValues adapted,
               absl::Span<const RandomStream> streams, float drop_rate,
               float scale, absl::Span<float> out) {
  const float rescale = 1.0f / (1.0f - drop_rate);
  Block tau;
  Block uniform;
  Block sum;
  ForEachBlock(base.size(), [&](std::size_t begin, std::size_t count) {
    sum.fill(0);
    for (std::size_t k = 0; k < adapted.size(); ++k) {
      Subtract(adapted[k].data() + begin, base.data() + begin, count, tau);
      streams[k].FillUniform(absl::MakeSpan(uniform.data(), count), begin);
      for (std::size_t i = 0; i < count; ++i) {
        tau[i] = uniform[i] < drop_rate ? 0.0f : tau[i] * rescale;
      }
      AddTo(tau, count, sum);
    }
    AddScaled(base.data() + begin, sum, scale, count, out.data() + begin);
  });
}

SphericalWeights SphericalWeightsOf(absl::Span<const float> first,
                                    absl::Span<const float> second, double t) {
  constexpr double kMinSine = 1e-6;
  double dot = 0;
  double first_squared = 0;
  double second_squared = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double a = first[i];
    const double b = second[i];
    dot += a * b;
    first_squared += a * a;
    second_squared += b * b;
  }
  const double norms = std::sqrt(first_squared) * std::sqrt(second_squared);
  const double cosine = norms > 0 ? std::clamp(dot / norms, -1.0, 1.0) : 1.0;
  const double angle = std::acos(cosine);
  const double sine = std::sin(angle);
  if (sine <= kMinSine) {
    return {static_cast<float>(1 - t), static_cast<float>(t)};
  }
  return {static_cast<float>(std::sin((1 - t) * angle) / sine),
          static_cast<float>(std::sin(t * angle) / sine)};
}

void InterpolateSpherically(absl::Span<const float> first,
                            absl::Span<const float> second, double t,
                            absl::Span<float> out) {
  const SphericalWeights weights = SphericalWeightsOf(first, second, t);
  for (std::size_t i = 0; i < first.size(); ++i) {
    out[i] = weights.first * first[i] + weights.second * second[i];
  }
}

}  // namespace culturemert

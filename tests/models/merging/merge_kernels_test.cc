#include "models/merging/merge_kernels.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

using Values = std::vector<float>;

// Sizes about the kernels' block of 1024 elements.
constexpr std::size_t kSizes[] = {0, 1, 2, 3, 17, 1023, 1024, 1025, 2500};

struct Models {
  Values base;
  std::vector<Values> adapted;

  std::vector<absl::Span<const float>> Spans() const {
    return {adapted.begin(), adapted.end()};
  }
};

// Every seventh task vector element is exactly 0, every fifth the opposite of
// the previous model's.
Models RandomModels(std::size_t size, std::size_t count, std::uint64_t seed) {
  const RandomStream stream(seed, StreamId("models"));
  Models models;
  models.base.resize(size);
  stream.FillNormal(absl::MakeSpan(models.base), 0);
  for (std::size_t k = 0; k < count; ++k) {
    Values values(size);
    stream.Substream(k).FillNormal(absl::MakeSpan(values), 0);
    for (std::size_t i = 0; i < size; ++i) {
      values[i] = models.base[i] + 0.1f * values[i];
      if ((i + k) % 7 == 0) values[i] = models.base[i];
      if (k > 0 && i % 5 == 0) {
        values[i] = 2 * models.base[i] - models.adapted[k - 1][i];
      }
    }
    models.adapted.push_back(std::move(values));
  }
  return models;
}

// Calls the kernel and compares each element with `expected(i)`, bit by bit.
template <typename Kernel, typename Expected>
void ExpectExactly(const Models& models, Kernel&& kernel, Expected&& expected) {
  Values out(models.base.size(), -1);
  kernel(absl::MakeSpan(out));
  for (std::size_t i = 0; i < out.size(); ++i) {
    ASSERT_EQ(out[i], expected(i)) << "element " << i << " of " << out.size();
  }
}

TEST(MergeKernelsTest, TaskVectorsAreAddedInOrderAndScaledOnce) {
  for (const std::size_t size : kSizes) {
    for (const float scale : {0.2f, -1.5f, 0.0f, 1.0f}) {
      const Models models = RandomModels(size, 4, size);
      ExpectExactly(
          models,
          [&](absl::Span<float> out) {
            AddTaskVectors(models.base, models.Spans(), scale, out);
          },
          [&](std::size_t i) {
            float sum = models.adapted[0][i] - models.base[i];
            for (std::size_t k = 1; k < 4; ++k) {
              const float tau = models.adapted[k][i] - models.base[i];
              sum = sum + tau;
            }
            const float scaled = scale * sum;
            return models.base[i] + scaled;
          });
    }
  }
}

TEST(MergeKernelsTest, ScaleZeroGivesTheBaseBack) {
  const Models models = RandomModels(100, 2, 1);
  Values out(100);
  AddTaskVectors(models.base, models.Spans(), 0, absl::MakeSpan(out));
  EXPECT_EQ(out, models.base);
}

TEST(MergeKernelsTest, TheResultMayReplaceTheBase) {
  Models models = RandomModels(1500, 3, 2);
  Values expected(1500);
  AddTaskVectors(models.base, models.Spans(), 0.3f, absl::MakeSpan(expected));
  AddTaskVectors(models.base, models.Spans(), 0.3f,
                 absl::MakeSpan(models.base));
  EXPECT_EQ(models.base, expected);
}

TEST(MergeKernelsTest, AverageDividesTheOrderedSum) {
  for (const std::size_t size : kSizes) {
    const Models models = RandomModels(size, 3, size);
    ExpectExactly(
        models,
        [&](absl::Span<float> out) { AverageModels(models.Spans(), out); },
        [&](std::size_t i) {
          const float sum = models.adapted[0][i] + models.adapted[1][i];
          return (sum + models.adapted[2][i]) / 3.0f;
        });
  }
}

// TIES by the paper's three steps, each on its own.
float PlainTies(const Models& models, const Values& thresholds, float scale,
                std::size_t i) {
  Values trimmed;
  for (std::size_t k = 0; k < models.adapted.size(); ++k) {
    const float tau = models.adapted[k][i] - models.base[i];
    trimmed.push_back(std::fabs(tau) >= thresholds[k] ? tau : 0.0f);
  }
  float elected = 0;
  for (const float tau : trimmed) elected = elected + tau;
  float sum = 0;
  int agreeing = 0;
  for (const float tau : trimmed) {
    if (tau * elected > 0 || (tau > 0 && elected > 0)) {
      sum = sum + tau;
      ++agreeing;
    }
  }
  const float mean = agreeing == 0 ? 0.0f : sum / static_cast<float>(agreeing);
  return models.base[i] + scale * mean;
}

TEST(MergeKernelsTest, TiesTrimsElectsAndAveragesThoseThatAgree) {
  for (const std::size_t size : kSizes) {
    const Models models = RandomModels(size, 4, size);
    const Values thresholds = {0.05f, 0.1f, 0.0f, 0.15f};
    ExpectExactly(
        models,
        [&](absl::Span<float> out) {
          MergeTies(models.base, models.Spans(), thresholds, 0.7f, out);
        },
        [&](std::size_t i) { return PlainTies(models, thresholds, 0.7f, i); });
  }
}

TEST(MergeKernelsTest, TiesOfOpposedVectorsKeepsTheBase) {
  const Models models{{1, 1, 1}, {{3, 1.5f, 0}, {-1, 1.25f, 1}}};
  Values out(3);
  MergeTies(models.base, models.Spans(), Values{0, 0, 0}, 1,
            absl::MakeSpan(out));
  EXPECT_THAT(out, testing::ElementsAre(1, 1.375f, 0));
}

TEST(MergeKernelsTest, DareDropsByPlaceAndRescalesTheRest) {
  const std::vector<RandomStream> streams = {RandomStream(3, 1),
                                             RandomStream(3, 2)};
  for (const std::size_t size : kSizes) {
    const Models models = RandomModels(size, 2, size);
    ExpectExactly(
        models,
        [&](absl::Span<float> out) {
          MergeDare(models.base, models.Spans(), streams, 0.75f, 0.5f, out);
        },
        [&](std::size_t i) {
          float sum = 0;
          for (std::size_t k = 0; k < 2; ++k) {
            const float tau = models.adapted[k][i] - models.base[i];
            sum += streams[k].UniformFloat(i) < 0.75f ? 0.0f : tau * 4.0f;
          }
          return models.base[i] + 0.5f * sum;
        });
  }
}

TEST(MergeKernelsTest, DareWithoutDroppingIsTaskArithmetic) {
  const Models models = RandomModels(1100, 2, 9);
  const std::vector<RandomStream> streams = {RandomStream(3, 1),
                                             RandomStream(3, 2)};
  Values dare(1100);
  Values arithmetic(1100);
  MergeDare(models.base, models.Spans(), streams, 0, 0.4f,
            absl::MakeSpan(dare));
  AddTaskVectors(models.base, models.Spans(), 0.4f, absl::MakeSpan(arithmetic));
  EXPECT_EQ(dare, arithmetic);
}

TEST(MergeKernelsTest, DareDropsTheStatedPart) {
  constexpr std::size_t kSize = 100000;
  const Models models{Values(kSize, 0), {Values(kSize, 1)}};
  Values out(kSize);
  MergeDare(models.base, models.Spans(), {RandomStream(1, 1)}, 0.9f, 1,
            absl::MakeSpan(out));
  int kept = 0;
  for (const float value : out) {
    if (value != 0) ++kept;
  }
  // Five standard deviations of the binomial.
  EXPECT_NEAR(kept, 0.1 * kSize, 5 * std::sqrt(0.09 * kSize));
}

TEST(MergeKernelsTest, SphericalInterpolationKeepsTheNormOnASphere) {
  const Values first = {1, 0, 0};
  const Values second = {0, 1, 0};
  Values out(3);
  InterpolateSpherically(first, second, 1.0 / 3, absl::MakeSpan(out));
  EXPECT_FLOAT_EQ(out[0], std::sqrt(3.0f) / 2);
  EXPECT_FLOAT_EQ(out[1], 0.5f);
  EXPECT_EQ(out[2], 0);
}

TEST(MergeKernelsTest, SphericalInterpolationMeetsBothEnds) {
  const Models models = RandomModels(2500, 2, 4);
  Values out(2500);
  InterpolateSpherically(models.adapted[0], models.adapted[1], 0,
                         absl::MakeSpan(out));
  EXPECT_EQ(out, models.adapted[0]);
  InterpolateSpherically(models.adapted[0], models.adapted[1], 1,
                         absl::MakeSpan(out));
  EXPECT_EQ(out, models.adapted[1]);
}

TEST(MergeKernelsTest, SphericalWeightsOfParallelVectorsAreLinear) {
  const Values first = {1, 2};
  for (const Values& second : {Values{2, 4}, Values{-1, -2}, Values{0, 0}}) {
    const SphericalWeights weights = SphericalWeightsOf(first, second, 0.25);
    EXPECT_EQ(weights.first, 0.75f);
    EXPECT_EQ(weights.second, 0.25f);
  }
}

}  // namespace
}  // namespace culturemert

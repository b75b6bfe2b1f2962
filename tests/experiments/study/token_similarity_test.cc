#include "experiments/study/token_similarity.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/codes/code_store_writer.h"
#include "experiments/artifacts/action.h"
#include "experiments/study/data_nodes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using Histogram = std::vector<std::uint64_t>;

constexpr double kRounding = 1e-12;

double Entropy(const std::vector<double>& distribution) {
  double bits = 0;
  for (const double p : distribution) bits -= p > 0 ? p * std::log2(p) : 0;
  return bits;
}

std::vector<double> Normalised(const Histogram& histogram) {
  double total = 0;
  for (const std::uint64_t count : histogram) {
    total += static_cast<double>(count);
  }
  std::vector<double> distribution;
  for (const std::uint64_t count : histogram) {
    distribution.push_back(static_cast<double>(count) / total);
  }
  return distribution;
}

// By the entropies: H of the mean less the mean of H.
double PlainDistance(const Histogram& first, const Histogram& second) {
  const std::vector<double> p = Normalised(first);
  const std::vector<double> q = Normalised(second);
  std::vector<double> mean;
  for (std::size_t i = 0; i < p.size(); ++i) mean.push_back((p[i] + q[i]) / 2);
  return std::sqrt(Entropy(mean) - (Entropy(p) + Entropy(q)) / 2);
}

Histogram RandomHistogram(std::uint64_t seed, std::size_t codes) {
  const RandomStream random(seed, StreamId("histogram"));
  Histogram histogram;
  for (std::size_t i = 0; i < codes; ++i) {
    histogram.push_back(random.UniformInt(i, 4) * random.UniformInt(99 + i, 9));
  }
  histogram[seed % codes] += 1;
  return histogram;
}

TEST(JensenShannonDistanceTest, HasTheValuesOfTheDefinition) {
  EXPECT_EQ(JensenShannonDistance({3, 0}, {0, 8}), 1);
  EXPECT_EQ(JensenShannonDistance({1, 2, 3}, {10, 20, 30}), 0);
  // M = (3/4, 1/4): (log2(2/3)/2 + log2(2)/2)/2 + log2(4/3)/2.
  EXPECT_NEAR(JensenShannonDistance({1, 1}, {1, 0}),
              std::sqrt((std::log2(2.0 / 3) + 1) / 4 + std::log2(4.0 / 3) / 2),
              kRounding);
  EXPECT_NEAR(JensenShannonDistance({1, 1}, {1, 0}), 0.557923, 1e-6);
}

TEST(JensenShannonDistanceTest, IsThatOfTheEntropiesAndSymmetric) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Histogram first = RandomHistogram(2 * seed, 16);
    const Histogram second = RandomHistogram(2 * seed + 1, 16);
    const double distance = JensenShannonDistance(first, second);
    EXPECT_NEAR(distance, PlainDistance(first, second), 1e-7) << seed;
    EXPECT_NEAR(distance, JensenShannonDistance(second, first), kRounding);
    EXPECT_GE(distance, 0);
    EXPECT_LE(distance, 1);
  }
}

TEST(JensenShannonDistanceTest, KeepsTheTriangleInequality) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Histogram a = RandomHistogram(3 * seed, 8);
    const Histogram b = RandomHistogram(3 * seed + 1, 8);
    const Histogram c = RandomHistogram(3 * seed + 2, 8);
    EXPECT_LE(
        JensenShannonDistance(a, c),
        JensenShannonDistance(a, b) + JensenShannonDistance(b, c) + kRounding);
  }
}

TEST(CosineSimilarityTest, HasTheValuesOfTheDefinition) {
  EXPECT_EQ(CosineSimilarity({3, 0}, {0, 8}), 0);
  EXPECT_NEAR(CosineSimilarity({1, 2, 3}, {10, 20, 30}), 1, kRounding);
  EXPECT_NEAR(CosineSimilarity({1, 1}, {1, 0}), std::sqrt(0.5), kRounding);
  EXPECT_NEAR(CosineSimilarity({3, 4}, {4, 3}), 24.0 / 25, kRounding);
}

TEST(TokenSimilarityTest, EmptyHistogramsHaveNone) {
  EXPECT_TRUE(std::isnan(JensenShannonDistance({0, 0}, {1, 0})));
  EXPECT_TRUE(std::isnan(JensenShannonDistance({1, 0}, {0, 0})));
  EXPECT_TRUE(std::isnan(CosineSimilarity({0, 0}, {1, 0})));
  EXPECT_TRUE(std::isnan(CosineSimilarity({1, 0}, {0, 0})));
}

TEST(TokenSimilarityTest, CountsTooLargeForFloat32Count) {
  EXPECT_NEAR(
      JensenShannonDistance({1'000'000'000'001, 1'000'000'000'000}, {1, 1}), 0,
      1e-6);
}

// A codes artifact with one recording, [books, frames].
absl::Status WriteCodes(Files& files, const std::string& artifact,
                        const std::vector<std::uint16_t>& codes) {
  RETURN_IF_ERROR(files.CreateDirectories(artifact));
  ASSIGN_OR_RETURN(const std::unique_ptr<CodeStoreWriter> writer,
                   CodeStoreWriter::Open(
                       files, absl::StrCat(artifact, "/", kCodesFolderName),
                       {2, 2, "test"}));
  RETURN_IF_ERROR(writer->Append("recording", codes));
  return writer->Finish();
}

TEST(TokenSimilarityNodeTest, MeasuresEveryPairOfDatasetsInTheirOrder) {
  MemoryFiles files;
  // Book 0 of "b" is that of "a", book 1 has no code in common with it.
  ASSERT_THAT(WriteCodes(files, "/codes/b", {0, 1, 0, 0}), IsOk());
  ASSERT_THAT(WriteCodes(files, "/codes/a", {1, 0, 1, 1}), IsOk());
  ASSERT_THAT(WriteCodes(files, "/codes/c", {0, 0, 1, 1}), IsOk());
  ASSERT_THAT(files.CreateDirectories("/out"), IsOk());
  const PlanNode node = TokenSimilarityNode({"b", "a", "c"});
  EXPECT_EQ(node.inputs.at("a"), CodesNodeId("a"));
  EXPECT_TRUE(node.is_result);
  ActionContext context;
  context.files = &files;
  context.directory = "/out";
  for (const char* name : {"a", "b", "c"}) {
    context.inputs[name] = absl::StrCat("/codes/", name);
  }
  ASSERT_THAT(node.run(context), IsOk());
  const auto text = files.Read("/out/token_similarity.json");
  ASSERT_THAT(text, IsOk());
  const auto pairs = ParseJson(*text, "pairs");
  ASSERT_THAT(pairs, IsOk());
  ASSERT_EQ(pairs->size(), 3u);
  const nlohmann::json& first = (*pairs)[0];
  EXPECT_EQ(first["first"], "b");
  EXPECT_EQ(first["second"], "a");
  EXPECT_EQ(first["js_first_book"], 0.0);
  EXPECT_EQ(first["js_mean"], 0.5);
  EXPECT_NEAR(first["cosine_first_book"].get<double>(), 1, kRounding);
  EXPECT_NEAR(first["cosine_mean"].get<double>(), 0.5, kRounding);
  EXPECT_EQ((*pairs)[1]["second"], "c");
  EXPECT_EQ((*pairs)[2]["first"], "a");
  EXPECT_NEAR((*pairs)[2]["js_first_book"].get<double>(), 0.557923, 1e-6);
}

}  // namespace
}  // namespace culturemert

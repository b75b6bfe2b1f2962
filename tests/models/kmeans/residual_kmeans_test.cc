#include "models/kmeans/residual_kmeans.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

at::Tensor Noise(std::int64_t frames, std::int64_t features) {
  const at::Tensor values = at::empty({frames, features}, at::kFloat);
  const RandomStream random(5, StreamId("frames"));
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    values.data_ptr<float>()[i] = static_cast<float>(random.Normal(i));
  }
  return values;
}

ResidualKmeansOptions Options(int books, int codes) {
  ResidualKmeansOptions options;
  options.books = books;
  options.codes = codes;
  return options;
}

double MeanSquare(const at::Tensor& values) {
  return values.to(at::kDouble).square().mean().item<double>();
}

TEST(ResidualKmeansTest, FindsClustersThatLieFarApart) {
  // Frame n lies within 0.1 of one of 7 corners, 10 apart.
  at::Tensor frames = Noise(700, 3).mul(0.02);
  for (std::int64_t n = 0; n < 700; ++n) frames[n][n % 3] += 10.0 * (n % 7);
  for (const std::uint64_t seed : {0, 1, 2}) {
    ResidualKmeansOptions options = Options(1, 7 * 3);
    options.seed = seed;
    const ResidualKmeans kmeans = ResidualKmeans::Fit(frames, options).value();
    const at::Tensor codes = kmeans.Encode(frames).value();
    EXPECT_LT(MeanSquare(frames - kmeans.Decode(codes).value()), 1e-3);
  }
}

TEST(ResidualKmeansTest, EachBookComesNearerToTheFrames) {
  const at::Tensor frames = Noise(2000, 5);
  const ResidualKmeans kmeans =
      ResidualKmeans::Fit(frames, Options(4, 16)).value();
  const at::Tensor codes = kmeans.Encode(frames).value();  // [4, 2000]
  double before = MeanSquare(frames);
  for (std::int64_t books = 1; books <= 4; ++books) {
    const double error =
        MeanSquare(frames - kmeans.Decode(codes.narrow(0, 0, books)).value());
    EXPECT_LT(error, 0.8 * before) << books;
    before = error;
  }
}

TEST(ResidualKmeansTest, EveryCodeOfARichCorpusIsUsed) {
  const at::Tensor frames = Noise(3000, 4);
  const ResidualKmeans kmeans =
      ResidualKmeans::Fit(frames, Options(2, 32)).value();
  const at::Tensor codes = kmeans.Encode(frames).value();
  for (std::int64_t book = 0; book < 2; ++book) {
    std::set<std::int64_t> used;
    for (std::int64_t n = 0; n < 3000; ++n) {
      used.insert(codes[book][n].item<std::int64_t>());
    }
    EXPECT_EQ(used.size(), 32U);
  }
}

TEST(ResidualKmeansTest, EncodesEachFrameByTheNearestCodeOfItsResidual) {
  const at::Tensor frames = Noise(100, 4);
  const ResidualKmeans kmeans =
      ResidualKmeans::Fit(frames, Options(3, 8)).value();
  const at::Tensor codes = kmeans.Encode(frames).value();
  at::Tensor residuals = frames.clone();
  for (std::int64_t book = 0; book < 3; ++book) {
    const at::Tensor centres = kmeans.books()[book];  // [8, 4]
    const at::Tensor nearest = (residuals.unsqueeze(1) - centres.unsqueeze(0))
                                   .square()
                                   .sum(2)
                                   .argmin(1);
    EXPECT_TRUE(codes[book].equal(nearest)) << book;
    residuals = residuals - centres.index_select(0, nearest);
  }
}

TEST(ResidualKmeansTest, BooksAreTheSameBytesForAnyNumberOfThreads) {
  const at::Tensor frames = Noise(5000, 20);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor serial =
      ResidualKmeans::Fit(frames, Options(3, 50)).value().books();
  at::set_num_threads(3);
  const at::Tensor parallel =
      ResidualKmeans::Fit(frames, Options(3, 50)).value().books();
  at::set_num_threads(threads);
  EXPECT_TRUE(serial.equal(parallel));
}

TEST(ResidualKmeansTest, AnotherSeedGivesOtherBooks) {
  const at::Tensor frames = Noise(500, 6);
  ResidualKmeansOptions other = Options(1, 16);
  other.seed = 1;
  EXPECT_FALSE(ResidualKmeans::Fit(frames, Options(1, 16))
                   .value()
                   .books()
                   .equal(ResidualKmeans::Fit(frames, other).value().books()));
}

TEST(ResidualKmeansTest, FewerDistinctFramesThanCodesAreRepresentedExactly) {
  const at::Tensor frames = at::full({40, 3}, 0.5, at::kFloat);
  const ResidualKmeans kmeans =
      ResidualKmeans::Fit(frames, Options(2, 8)).value();
  const at::Tensor codes = kmeans.Encode(frames).value();
  EXPECT_EQ(MeanSquare(frames - kmeans.Decode(codes).value()), 0);
}

TEST(ResidualKmeansTest, Float64FramesGiveTheCodesOfTheirFloat32) {
  const at::Tensor frames = Noise(200, 4);
  const ResidualKmeans kmeans =
      ResidualKmeans::Fit(frames, Options(2, 8)).value();
  EXPECT_TRUE(kmeans.Encode(frames.to(at::kDouble))
                  .value()
                  .equal(kmeans.Encode(frames).value()));
}

TEST(ResidualKmeansTest, BooksGiveTheSameQuantiserAgain) {
  const at::Tensor frames = Noise(200, 4);
  const ResidualKmeans kmeans =
      ResidualKmeans::Fit(frames, Options(2, 8)).value();
  const ResidualKmeans again =
      ResidualKmeans::FromBooks(kmeans.books()).value();
  EXPECT_TRUE(
      again.Encode(frames).value().equal(kmeans.Encode(frames).value()));
}

TEST(ResidualKmeansTest, RefusesFramesThatItCannotCluster) {
  EXPECT_THAT(ResidualKmeans::Fit(Noise(7, 4), Options(1, 8)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("got 7; take more audio or fewer codes")));
  EXPECT_THAT(ResidualKmeans::Fit(at::zeros({7}, at::kFloat), Options(1, 2)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[7]")));
  at::Tensor frames = Noise(7, 4);
  frames[3][1] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(
      ResidualKmeans::Fit(frames, Options(1, 2)),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not finite")));
}

TEST(ResidualKmeansTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(ResidualKmeans::Fit(Noise(7, 4), Options(0, 2)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("0 books; expected 1 to 64")));
  EXPECT_THAT(ResidualKmeans::Fit(Noise(7, 4), Options(1, 70000)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("70000 codes a book")));
}

TEST(ResidualKmeansTest, RefusesFramesAndCodesThatDoNotFitItsBooks) {
  const ResidualKmeans kmeans =
      ResidualKmeans::FromBooks(at::zeros({2, 8, 4}, at::kFloat)).value();
  EXPECT_THAT(
      kmeans.Encode(Noise(3, 5)),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("5 features")));
  EXPECT_THAT(kmeans.Decode(at::full({2, 3}, 8, at::kLong)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("outside [0, 8)")));
  EXPECT_THAT(kmeans.Decode(at::zeros({3, 3}, at::kLong)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("[3, 3]; expected int64 [1 to 2, frames]")));
}

}  // namespace
}  // namespace culturemert

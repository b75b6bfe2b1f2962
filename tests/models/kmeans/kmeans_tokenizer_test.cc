#include "models/kmeans/kmeans_tokenizer.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/kmeans/frame_features.h"
#include "models/kmeans/residual_kmeans.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/safetensors.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kPath[] = "/kmeans.safetensors";

at::Tensor Audio(std::int64_t rows, std::int64_t samples) {
  const at::Tensor audio = at::empty({rows, samples}, at::kFloat);
  const RandomStream random(9, StreamId("audio"));
  for (std::int64_t i = 0; i < audio.numel(); ++i) {
    // Louder and softer, so that frames differ.
    audio.data_ptr<float>()[i] =
        static_cast<float>(random.Normal(i) * random.UniformDouble(i / 1000));
  }
  return audio;
}

std::unique_ptr<KmeansTokenizer> Fit() {
  const at::Tensor frames = FrameFeatures::Create(kDefaultFrameFeature)
                                .value()
                                ->Extract(Audio(1, 64000))
                                .value()[0];
  ResidualKmeansOptions options;
  options.books = 3;
  options.codes = 20;
  return KmeansTokenizer::Fit(kDefaultFrameFeature, frames, options).value();
}

const KmeansTokenizer& Fitted() {
  static const KmeansTokenizer& tokenizer = *Fit().release();
  return tokenizer;
}

TEST(KmeansTokenizerTest, GivesACodeInRangeForEachBookAndFrame) {
  const KmeansTokenizer& tokenizer = Fitted();
  EXPECT_EQ(tokenizer.books(), 3);
  EXPECT_EQ(tokenizer.codes_per_book(), 20);
  const at::Tensor codes = tokenizer.Codes(Audio(2, 3201)).value();
  EXPECT_EQ(codes.sizes(), (std::vector<std::int64_t>{2, 3, 11}));
  EXPECT_EQ(codes.scalar_type(), at::kLong);
  EXPECT_GE(codes.min().item<std::int64_t>(), 0);
  EXPECT_LT(codes.max().item<std::int64_t>(), 20);
  EXPECT_GT(codes.max().item<std::int64_t>(), 0);
}

TEST(KmeansTokenizerTest, CodesOfARowAreThoseOfTheRowAlone) {
  const KmeansTokenizer& tokenizer = Fitted();
  const at::Tensor audio = Audio(3, 16000);
  const at::Tensor codes = tokenizer.Codes(audio).value();
  const int threads = at::get_num_threads();
  at::set_num_threads(3);
  const at::Tensor alone = tokenizer.Codes(audio[1]).value();
  at::set_num_threads(threads);
  EXPECT_EQ(alone.dim(), 2);
  EXPECT_TRUE(codes[1].equal(alone));
}

TEST(KmeansTokenizerTest, ComesBackFromItsFileAsItWas) {
  MemoryFiles files;
  const KmeansTokenizer& tokenizer = Fitted();
  ASSERT_THAT(tokenizer.Save(files, kPath), IsOk());
  const auto loaded = KmeansTokenizer::Load(files, kPath).value();
  EXPECT_EQ(loaded->identity(), tokenizer.identity());
  EXPECT_EQ(loaded->feature(), tokenizer.feature());
  const at::Tensor audio = Audio(1, 9000);
  EXPECT_TRUE(
      loaded->Codes(audio).value().equal(tokenizer.Codes(audio).value()));
}

TEST(KmeansTokenizerTest, IdentityNamesSettingsAndWeights) {
  const KmeansTokenizer& tokenizer = Fitted();
  EXPECT_THAT(
      tokenizer.identity(),
      StartsWith("kmeans:feature=log_mel+chroma:books=3:codes=20:xxh3="));
  EXPECT_EQ(Fit()->identity(), tokenizer.identity());
}

TEST(KmeansTokenizerTest, FeaturesThatNeverMoveCountForNothing) {
  const at::Tensor frames = FrameFeatures::Create(FrameFeature::kLogMel)
                                .value()
                                ->Extract(at::zeros({1, 32000}, at::kFloat))
                                .value()[0];
  ResidualKmeansOptions options;
  options.books = 2;
  options.codes = 4;
  const auto tokenizer =
      KmeansTokenizer::Fit(FrameFeature::kLogMel, frames, options).value();
  const at::Tensor codes = tokenizer->Codes(Audio(1, 3200)).value();
  EXPECT_EQ(codes.count_nonzero().item<std::int64_t>(), 0);
}

TEST(KmeansTokenizerTest, RefusesFramesOfAnotherFeature) {
  EXPECT_THAT(
      KmeansTokenizer::Fit(FrameFeature::kChroma,
                           at::zeros({50, 80}, at::kFloat),
                           ResidualKmeansOptions())
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("[50, 80]; expected floating-point [frames, 12]")));
}

TEST(KmeansTokenizerTest, RefusesAudioThatIsNotFinite) {
  at::Tensor audio = Audio(1, 640);
  audio[0][5] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(
      Fitted().Codes(audio),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not finite")));
}

class KmeansTokenizerFileTest : public testing::Test {
 protected:
  void SetUp() override {
    tensors_ = {{"books", at::zeros({2, 4, 12}, at::kFloat)},
                {"mean", at::zeros({12}, at::kFloat)},
                {"scale", at::zeros({12}, at::kFloat)}};
    metadata_ = {{"format", "culturemert.kmeans_tokenizer"},
                 {"version", "1"},
                 {"feature", "chroma"}};
  }

  absl::Status Load() {
    MemoryFiles files;
    EXPECT_THAT(WriteSafetensors(files, kPath, tensors_, metadata_), IsOk());
    return KmeansTokenizer::Load(files, kPath).status();
  }

  NamedTensors tensors_;
  std::map<std::string, std::string> metadata_;
};

TEST_F(KmeansTokenizerFileTest, IsReadWhereAllIsRight) {
  EXPECT_THAT(Load(), IsOk());
}

TEST_F(KmeansTokenizerFileTest, OfAnotherVersionIsRefusedByName) {
  metadata_["version"] = "2";
  EXPECT_THAT(Load(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(kPath), HasSubstr("'version' is '2'; "
                                                         "expected '1'"))));
}

TEST_F(KmeansTokenizerFileTest, OfAnotherFormatIsRefused) {
  metadata_.erase("format");
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("metadata lack 'format'")));
}

TEST_F(KmeansTokenizerFileTest, WithAnUnknownFeatureIsRefused) {
  metadata_["feature"] = "mfcc";
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("'mfcc'")));
}

TEST_F(KmeansTokenizerFileTest, WithWrongTensorsIsRefused) {
  tensors_["books"] = at::zeros({2, 4, 11}, at::kFloat);
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("'books' is Float [2, 4, 11]")));
  tensors_["books"] = at::zeros({2, 4, 12}, at::kDouble);
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("'books' is Double")));
  tensors_.erase("books");
  tensors_["codes"] = at::zeros({2, 4, 12}, at::kFloat);
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("'books' is missing")));
}

TEST_F(KmeansTokenizerFileTest, WithTensorsBesidesIsRefused) {
  tensors_["more"] = at::zeros({1}, at::kFloat);
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("4 tensors")));
}

TEST_F(KmeansTokenizerFileTest, WithValuesThatAreNotFiniteIsRefused) {
  tensors_["mean"][3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("'mean' holds values")));
}

TEST_F(KmeansTokenizerFileTest, ThatIsMissingIsNotFound) {
  MemoryFiles files;
  EXPECT_THAT(KmeansTokenizer::Load(files, kPath).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(kPath)));
}

}  // namespace
}  // namespace culturemert

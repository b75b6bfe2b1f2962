#include "models/encodec/encodec_tokenizer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/models/encodec/random_encodec.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;
using testing::Ne;
using testing::StartsWith;

std::unique_ptr<EncodecTokenizer> MakeTokenizer(
    const EncodecTokenizerOptions& options = {}, std::uint64_t seed = 1,
    int books_stored = 8) {
  EncodecConfig config = EncodecConfig::Tiny();
  config.books = books_stored;
  absl::StatusOr<std::unique_ptr<EncodecTokenizer>> tokenizer =
      EncodecTokenizer::Create(config, RandomEncodecTensors(config, seed),
                               options);
  EXPECT_THAT(tokenizer, IsOk());
  return *std::move(tokenizer);
}

at::Tensor Codes(const EncodecTokenizer& tokenizer, const at::Tensor& audio) {
  absl::StatusOr<at::Tensor> codes = tokenizer.Codes(audio);
  EXPECT_THAT(codes, IsOk());
  return *std::move(codes);
}

TEST(EncodecTokenizerTest, EachPieceIsEncodedFromTheZeroState) {
  const auto tokenizer = MakeTokenizer();
  const at::Tensor audio = RandomAudio(2, 2 * kEncodecPieceSamples + 7001, 2);
  const at::Tensor codes = Codes(*tokenizer, audio);
  EXPECT_EQ(codes.sizes(), at::IntArrayRef({2, 8, 2 * 2250 + 22}));
  for (int row = 0; row < 2; ++row) {
    const at::Tensor alone = audio[row];
    const at::Tensor pieces = at::cat(
        {Codes(*tokenizer, alone.narrow(0, 0, kEncodecPieceSamples)),
         Codes(*tokenizer,
               alone.narrow(0, kEncodecPieceSamples, kEncodecPieceSamples)),
         Codes(*tokenizer, alone.narrow(0, 2 * kEncodecPieceSamples, 7001))},
        1);
    EXPECT_TRUE(pieces.equal(codes[row])) << row;
  }
}

TEST(EncodecTokenizerTest, TheWholeIsTheModelsOwnCodes) {
  EncodecTokenizerOptions options;
  options.unit = EncodecUnit::kWhole;
  const auto whole = MakeTokenizer(options);
  const auto pieces = MakeTokenizer();
  const at::Tensor audio = RandomAudio(1, kEncodecPieceSamples + 64000, 3);
  const at::Tensor codes = Codes(*whole, audio);
  const EncodecConfig config = EncodecConfig::Tiny();
  const auto encodec = Encodec::Create(config, RandomEncodecTensors(config, 1));
  ASSERT_THAT(encodec, IsOk());
  EXPECT_TRUE((*encodec)->Codes(audio)->equal(codes));
  const at::Tensor in_pieces = Codes(*pieces, audio);
  EXPECT_TRUE(in_pieces.narrow(2, 0, 2250).equal(codes.narrow(2, 0, 2250)));
  EXPECT_FALSE(in_pieces.equal(codes));
}

TEST(EncodecTokenizerTest, OneClipNeedsNoBatch) {
  const auto tokenizer = MakeTokenizer();
  const at::Tensor audio = RandomAudio(1, 1000, 4);
  EXPECT_TRUE(Codes(*tokenizer, audio[0]).equal(Codes(*tokenizer, audio)[0]));
  EXPECT_EQ(tokenizer->books(), 8);
  EXPECT_EQ(tokenizer->codes_per_book(), 64);
}

TEST(EncodecTokenizerTest, TheIdentityNamesAllThatCodesDependOn) {
  EncodecTokenizerOptions whole;
  whole.unit = EncodecUnit::kWhole;
  EncodecTokenizerOptions threads;
  threads.threads = 3;
  EncodecTokenizerOptions fewer;
  fewer.books = 4;
  const std::string identity = MakeTokenizer()->identity();
  EXPECT_THAT(identity, StartsWith("encodec-24khz:books=8:unit=30s:xxh3="));
  EXPECT_EQ(MakeTokenizer(threads)->identity(), identity);
  EXPECT_EQ(MakeTokenizer({}, 1, 16)->identity(), identity);
  EXPECT_THAT(MakeTokenizer({}, 2)->identity(), Ne(identity));
  EXPECT_THAT(MakeTokenizer(whole)->identity(), HasSubstr(":unit=whole:"));
  EXPECT_THAT(MakeTokenizer(fewer)->identity(), HasSubstr(":books=4:"));
}

TEST(EncodecTokenizerTest, MoreBooksThanStoredAreRefused) {
  EncodecTokenizerOptions options;
  options.books = 9;
  const EncodecConfig config = EncodecConfig::Tiny();
  EXPECT_THAT(EncodecTokenizer::Create(config, RandomEncodecTensors(config, 1),
                                       options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("9 books asked for")));
}

TEST(EncodecTokenizerTest, AudioWithoutSamplesIsRefused) {
  EXPECT_THAT(
      MakeTokenizer()->Codes(RandomAudio(1, 1, 5)[0].narrow(0, 0, 0)),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 samples")));
}

}  // namespace
}  // namespace culturemert

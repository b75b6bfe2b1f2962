#include "datasets/sampling/store_segment_reader.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/sampling/segment_loader.h"
#include "datasets/store/pcm_store.h"
#include "datasets/store/pcm_store_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;

std::int16_t Sample(int store, std::int64_t recording, std::int64_t sample) {
  return static_cast<std::int16_t>(store * 10000 + recording * 1000 + sample);
}

class StoreSegmentReaderTest : public testing::Test {
 protected:
  StoreSegmentReaderTest() {
    stores_.push_back(MakeStore("/makam", 1, {100, 40, 70}));
    stores_.push_back(MakeStore("/lyra", 2, {90, 60}));
  }

  std::unique_ptr<PcmStore> MakeStore(const std::string& directory, int number,
                                      const std::vector<int>& durations) {
    auto writer = PcmStoreWriter::Open(files_, directory);
    EXPECT_THAT(writer, IsOk());
    for (std::size_t i = 0; i < durations.size(); ++i) {
      std::vector<std::int16_t> samples;
      for (int j = 0; j < durations[i]; ++j) {
        samples.push_back(Sample(number, i, j));
      }
      NewRecording recording;
      recording.id = absl::StrCat(directory, i);
      recording.culture = directory.substr(1);
      recording.source = "test";
      recording.decoder = "none";
      EXPECT_THAT((*writer)->Append(recording, samples), IsOk());
    }
    EXPECT_THAT((*writer)->Finish(), IsOk());
    auto store = PcmStore::Open(files_, directory);
    EXPECT_THAT(store, IsOk());
    return *std::move(store);
  }

  std::unique_ptr<StoreSegmentReader> MakeReader() {
    auto reader = StoreSegmentReader::Create(
        {{stores_[1].get(), 1}, {stores_[0].get(), 2}, {stores_[0].get(), 0}});
    EXPECT_THAT(reader, IsOk());
    return *std::move(reader);
  }

  MemoryFiles files_;
  std::vector<std::unique_ptr<PcmStore>> stores_;
};

TEST_F(StoreSegmentReaderTest, ListsRecordingsOfSeveralStoresInTheOrderGiven) {
  EXPECT_THAT(MakeReader()->Recordings(),
              ElementsAre(FieldsAre(60, "lyra"), FieldsAre(70, "makam"),
                          FieldsAre(100, "makam")));
}

TEST_F(StoreSegmentReaderTest, ReadsEachFromItsStore) {
  const auto reader = MakeReader();
  std::vector<float> out(10);
  EXPECT_THAT(reader->Read(0, 50, absl::MakeSpan(out)), IsOk());
  EXPECT_EQ(out[9], static_cast<float>(Sample(2, 1, 59)) / 32768);
  EXPECT_THAT(reader->Read(1, 0, absl::MakeSpan(out)), IsOk());
  EXPECT_EQ(out[0], static_cast<float>(Sample(1, 2, 0)) / 32768);
}

TEST_F(StoreSegmentReaderTest, RefusesWhatIsNotThere) {
  const auto reader = MakeReader();
  std::vector<float> out(10);
  EXPECT_THAT(reader->Read(0, 51, absl::MakeSpan(out)),
              StatusIs(absl::StatusCode::kOutOfRange,
                       AllOf(HasSubstr("/lyra"), HasSubstr("60 samples"))));
  for (const std::int64_t wrong : {std::int64_t{-1}, std::int64_t{3},
                                   std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_THAT(reader->Read(wrong, 0, absl::MakeSpan(out)),
                StatusIs(absl::StatusCode::kOutOfRange,
                         HasSubstr("there is no sample 0 of recording")));
  }
  EXPECT_THAT(reader->Read(0, -1, absl::MakeSpan(out)),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("there is no sample -1 of recording 0")));
  EXPECT_THAT(StoreSegmentReader::Create({{stores_[0].get(), 3}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("recording 0 of the list is number 3 of store "
                                 "/makam, which has 3 recordings")));
  EXPECT_THAT(StoreSegmentReader::Create({{nullptr, 0}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("recording 0 of the list has no store")));
}

TEST_F(StoreSegmentReaderTest, FeedsTheLoader) {
  const auto reader = MakeReader();
  SegmentSamplerOptions sampling;
  sampling.segment_samples = 20;
  const auto sampler = SegmentSampler::Create(reader->Recordings(), sampling);
  ASSERT_THAT(sampler, IsOk());
  SegmentLoaderOptions options;
  options.slicing.batch_segments = 5;
  const auto loader = SegmentLoader::Create(**sampler, *reader, options);
  ASSERT_THAT(loader, IsOk());
  const int numbers[3] = {2, 1, 1};
  const int places[3] = {1, 2, 0};
  SegmentBatch batch;
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT((*loader)->Next(batch), IsOk());
    for (std::int64_t row = 0; row < 5; ++row) {
      const Segment& segment = batch.segments[row];
      for (std::int64_t j = 0; j < 20; ++j) {
        EXPECT_EQ(batch.Row(row)[j],
                  static_cast<float>(Sample(numbers[segment.recording],
                                            places[segment.recording],
                                            segment.first_sample + j)) /
                      32768);
      }
    }
  }
}

}  // namespace
}  // namespace culturemert

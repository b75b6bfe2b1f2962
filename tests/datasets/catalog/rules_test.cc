// The rules that data sets share: top tags, splits, and NumPy's shuffle.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "datasets/catalog/assemble.h"
#include "datasets/catalog/audio_tree.h"
#include "datasets/catalog/fma_tables.h"
#include "datasets/catalog/numpy_shuffle.h"
#include "datasets/catalog/top_tags.h"
#include "datasets/catalog/unicode_npy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/catalog/data_root.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::UnorderedElementsAreArray;

TEST(NumpyShuffleTest, GivesNumpysOrder) {
  // numpy 2.4.6: numpy.random.seed(s); x = list(range(n));
  // numpy.random.shuffle(x)
  EXPECT_THAT(NumpyShuffledIndices(10, 20),
              ElementsAre(7, 10, 5, 6, 3, 18, 13, 2, 14, 8, 17, 16, 19, 12, 11,
                          1, 0, 15, 4, 9));
  EXPECT_THAT(NumpyShuffledIndices(0, 10),
              ElementsAre(2, 8, 4, 9, 1, 6, 7, 3, 0, 5));
  EXPECT_THAT(NumpyShuffledIndices(10, 3), ElementsAre(0, 2, 1));
  EXPECT_THAT(NumpyShuffledIndices(10, 2), ElementsAre(0, 1));
  EXPECT_THAT(NumpyShuffledIndices(10, 1), ElementsAre(0));
  EXPECT_THAT(NumpyShuffledIndices(10, 0), IsEmpty());
}

// The sum of place times value, modulo a prime, of longer shuffles by NumPy.
TEST(NumpyShuffleTest, GivesNumpysOrderForLongLists) {
  const auto digest = [](std::uint32_t seed, std::uint32_t n) {
    std::uint64_t sum = 0;
    const std::vector<std::uint32_t> indices = NumpyShuffledIndices(seed, n);
    for (std::uint64_t i = 0; i < n; ++i) sum += i * indices[i];
    return sum % 1000003;
  };
  EXPECT_EQ(digest(10, 1240), 151386u);
  EXPECT_EQ(digest(4294967295, 100), 233384u);
  EXPECT_EQ(digest(123, 65537), 605198u);
}

TEST(NumpyShuffleTest, IsAPermutation) {
  for (std::uint32_t n = 0; n < 70; ++n) {
    std::vector<std::uint32_t> all(n);
    for (std::uint32_t i = 0; i < n; ++i) all[i] = i;
    EXPECT_THAT(NumpyShuffledIndices(n, n), UnorderedElementsAreArray(all));
  }
}

TEST(TopTagsTest, AreByFrequencyThenByBytes) {
  const std::vector<std::vector<std::string>> training = {
      {"ş", "b", "a"}, {"b", "z"}, {}, {"Z", "b"}, {"z"}};
  EXPECT_THAT(TopTags(training, 0), ElementsAre("b", "z", "Z", "a", "ş"));
  EXPECT_THAT(TopTags(training, 3), ElementsAre("b", "z", "Z"));
  EXPECT_THAT(TopTags(training, 9), testing::SizeIs(5));
  EXPECT_THAT(TopTags({}, 3), IsEmpty());
}

TaggedRecording Tagged(const char* id, const char* group, Split split,
                       std::vector<std::string> tags) {
  TaggedRecording tagged;
  tagged.recording.id = id;
  tagged.recording.group = group;
  tagged.recording.split = split;
  AudioClip clip;
  clip.path = id;
  clip.size_bytes = 1;
  tagged.recording.clips = {clip};
  tagged.tags = std::move(tags);
  return tagged;
}

absl::StatusOr<Dataset> Assemble(std::vector<TaggedRecording> recordings,
                                 TagRule rule, std::size_t top) {
  MemoryFiles files;
  DatasetFacts facts;
  facts.tag_rule = rule;
  facts.top_tags = top;
  return AssembleDataset({files, "/set", facts, {}},
                         {std::move(recordings), {}});
}

TEST(AssembleTest, TagsComeFromTheTrainingSplitAlone) {
  const std::vector<TaggedRecording> recordings = {
      Tagged("1", "1", Split::kTrain, {"b", "a", "a"}),
      Tagged("2", "2", Split::kTrain, {"b"}),
      Tagged("3", "3", Split::kValid, {"c", "c", "b"}),
      Tagged("4", "4", Split::kTest, {"d"})};
  const absl::StatusOr<Dataset> top =
      Assemble(recordings, TagRule::kTopOfTraining, 2);
  ASSERT_THAT(top, IsOk());
  EXPECT_THAT(top->tags, ElementsAre("a", "b"));
  EXPECT_THAT(top->recordings[0].labels, ElementsAre(0, 1));
  EXPECT_THAT(top->recordings[2].labels, ElementsAre(1));
  EXPECT_THAT(top->recordings[3].labels, IsEmpty());
  EXPECT_THAT(CountTags(*top), ElementsAre(1, 3));
  EXPECT_THAT(CountTags(*top, Split::kTrain), ElementsAre(1, 2));
  const absl::StatusOr<Dataset> with_valid =
      Assemble(recordings, TagRule::kTopOfTrainingAndValid, 0);
  ASSERT_THAT(with_valid, IsOk());
  EXPECT_THAT(with_valid->tags, ElementsAre("b", "a", "c"));
  const absl::StatusOr<Dataset> none = Assemble(recordings, TagRule::kNone, 0);
  ASSERT_THAT(none, IsOk());
  EXPECT_THAT(none->tags, IsEmpty());
}

TEST(AssembleTest, RefusesARecordingListedTwice) {
  EXPECT_THAT(Assemble({Tagged("a", "a", Split::kTrain, {}),
                        Tagged("a", "a", Split::kTest, {})},
                       TagRule::kNone, 0),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the recording \"a\" is listed twice, in the splits "
                       "train and test; expected each once"));
}

TEST(AssembleTest, RefusesAGroupInTwoSplits) {
  EXPECT_THAT(
      Assemble({Tagged("a", "song", Split::kTrain, {}),
                Tagged("b", "song", Split::kTrain, {}),
                Tagged("c", "song", Split::kTest, {})},
               TagRule::kNone, 0),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "\"song\" is in two splits: train (\"a\") and test (\"c\"); "
               "expected all that was cut from one recording in one split"));
}

TEST(UnicodeNpyTest, ReadsEveryPlaneOfUnicode) {
  std::string file = UnicodeNpy({"abc", ""}, 3);
  const std::size_t last = file.size() - 12;
  file[last + 1] = 1;       // U+0100
  file[last + 4] = '\xAC';  // U+20AC
  file[last + 5] = '\x20';
  file[last + 10] = 1;  // U+10000
  const auto bytes = [](const std::string& text) {
    return absl::MakeConstSpan(
        reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  EXPECT_THAT(ParseUnicodeNpy(bytes(file), "a.npy"),
              IsOkAndHolds(ElementsAre("abc", "Ā€𐀀")));
  file[last + 5] = '\xD8';  // A surrogate.
  EXPECT_THAT(ParseUnicodeNpy(bytes(file), "a.npy"),
              StatusIs(absl::StatusCode::kDataLoss,
                       "a.npy: element 1: found the number 55468 where a "
                       "character stands"));
  file[last + 4] = file[last + 5] = 0;  // A NUL before the end.
  EXPECT_THAT(ParseUnicodeNpy(bytes(file), "a.npy"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("number 0")));
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(ParseUnicodeNpy(bytes(file).subspan(0, size), "a.npy").ok());
  }
  EXPECT_THAT(ParseUnicodeNpy(bytes(file + '\0'), "a.npy"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("25 bytes")));
}

TEST(FmaTablesTest, ReadsPythonLists) {
  EXPECT_THAT(ParsePythonIntegers("[]"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ParsePythonIntegers("[21]"), IsOkAndHolds(ElementsAre(21)));
  EXPECT_THAT(ParsePythonIntegers("[21, 0]"), IsOkAndHolds(ElementsAre(21, 0)));
  for (const char* bad :
       {"", "[", "]", "21", "[ 21]", "[21 ]", "[21,]", "[,]", "[-1]", "[1.5]",
        "[1, 2", "[[1]]", "[1][2]", "[1,  2]", "[9999999999]"}) {
    EXPECT_FALSE(ParsePythonIntegers(bad).ok()) << bad;
  }
}

TEST(AudioTreeTest, FindsFilesByPathAndByStem) {
  MemoryFiles files;
  WriteData(files, "set/audios/a.wav", "12345");
  WriteData(files, "set/audios/a.flac", "123");
  WriteData(files, "set/audios/b.mp3/inside.wav", "1");
  AudioTree tree(files, "/data/set");
  const auto size = [&tree](const char* path) {
    return (*tree.Whole(path)).size_bytes;
  };
  EXPECT_THAT(size("audios/a.wav"), Optional(5u));
  EXPECT_EQ(size("audios/c.wav"), std::nullopt);
  EXPECT_EQ(size("audios/b.mp3"), std::nullopt) << "a directory is no file";
  EXPECT_EQ(size("audios/a.wav/x.wav"), std::nullopt);
  EXPECT_EQ(size("nowhere/x.wav"), std::nullopt);
  EXPECT_THAT(tree.Find("audios", "a"),
              IsOkAndHolds(Optional(std::string("audios/a.flac"))));
  EXPECT_THAT(tree.Find("audios", "b"), IsOkAndHolds(std::nullopt));
}

}  // namespace
}  // namespace culturemert

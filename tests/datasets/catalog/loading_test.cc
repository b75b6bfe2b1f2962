// Each data set, read from files in its official format.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/catalog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/catalog/data_root.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::SizeIs;

class LoadingTest : public testing::Test {
 protected:
  LoadingTest() { WriteEverything(files_); }

  Dataset Load(absl::string_view name, const DatasetOptions& options = {}) {
    absl::StatusOr<Dataset> dataset =
        LoadDataset(files_, kDataRoot, name, options);
    EXPECT_THAT(dataset, IsOk());
    return dataset.ok() ? *std::move(dataset) : Dataset();
  }

  MemoryFiles files_;
};

std::vector<std::string> Ids(const Dataset& dataset, Split split) {
  std::vector<std::string> ids;
  for (const Recording& recording : dataset.recordings) {
    if (recording.split == split) ids.push_back(recording.id);
  }
  return ids;
}

const Recording& Find(const Dataset& dataset, absl::string_view id) {
  return *std::find_if(
      dataset.recordings.begin(), dataset.recordings.end(),
      [id](const Recording& recording) { return recording.id == id; });
}

TEST_F(LoadingTest, MtatIsSplitByFolderAndKeepsClipsWithATag) {
  const Dataset mtat = Load("mtat");
  EXPECT_EQ(mtat.variant, "filtered");
  EXPECT_THAT(mtat.tags, SizeIs(50));
  EXPECT_THAT(Ids(mtat, Split::kTrain), ElementsAre("1", "2"));
  EXPECT_THAT(Ids(mtat, Split::kValid), ElementsAre("3"));
  EXPECT_THAT(Ids(mtat, Split::kTest), ElementsAre("4"));
  const Recording& first = Find(mtat, "1");
  EXPECT_THAT(TagsOf(mtat, first), ElementsAre("guitar", "slow"));
  EXPECT_EQ(first.group, "0/band-song-1-one");
  ASSERT_THAT(first.clips, SizeIs(1));
  EXPECT_EQ(first.clips[0].path, "mp3/0/band-song-1-one-0-29.mp3");
  EXPECT_THAT(first.clips[0].duration_seconds, Optional(29.0));
  EXPECT_THAT(first.clips[0].size_bytes, Optional(5u));
}

TEST_F(LoadingTest, MtatUnfilteredKeepsClipsWithoutTags) {
  DatasetOptions options;
  options.variant = "unfiltered";
  const Dataset mtat = Load("mtat", options);
  EXPECT_THAT(Ids(mtat, Split::kTest), ElementsAre("4", "5"));
  EXPECT_THAT(Find(mtat, "5").labels, IsEmpty());
}

TEST_F(LoadingTest, MtatLeavesOutTheEmptyFiles) {
  WriteData(
      files_, "mtat/annotations_final.csv",
      MtatAnnotations({{"1", {"guitar"}, "0/band-song-1-one-0-29.mp3"},
                       {"2",
                        {"guitar"},
                        "6/norine_braun-now_and_zen-08-gently-117-146.mp3"}}));
  EXPECT_THAT(Load("mtat").recordings, SizeIs(1));
}

TEST_F(LoadingTest, FmaTakesCcmlsSplitAndGenreTitles) {
  const Dataset fma = Load("fma_medium");
  EXPECT_THAT(Ids(fma, Split::kTrain), ElementsAre("000002", "000010"));
  EXPECT_THAT(Ids(fma, Split::kValid), ElementsAre("000020"));
  EXPECT_THAT(Ids(fma, Split::kTest), ElementsAre("000030"));
  EXPECT_THAT(fma.tags, ElementsAre("Rock", "Punk"));
  EXPECT_THAT(TagsOf(fma, Find(fma, "000002")), ElementsAre("Rock", "Punk"));
  EXPECT_THAT(Find(fma, "000020").labels, IsEmpty())
      << "labels outside the training split's are dropped, the row stays";
  EXPECT_EQ(Find(fma, "000010").clips[0].path, "fma_medium/000/000010.mp3");
  EXPECT_THAT(Find(fma, "000010").clips[0].duration_seconds, Optional(30.0));
}

TEST_F(LoadingTest, FmaOfficialSplitLeavesOutMiscutTracks) {
  DatasetOptions options;
  options.variant = "official";
  const Dataset fma = Load("fma_medium", options);
  EXPECT_THAT(Ids(fma, Split::kTrain), ElementsAre("000002"));
  EXPECT_THAT(Ids(fma, Split::kValid), ElementsAre("000020"));
  EXPECT_THAT(Ids(fma, Split::kTest), ElementsAre("000010", "000030"));
}

TEST_F(LoadingTest, LyraDrawsATenthOfTheTrainingPartForValidation) {
  const Dataset lyra = Load("lyra");
  // numpy.random.seed(10); x = list(range(20)); numpy.random.shuffle(x); x[:2]
  EXPECT_THAT(Ids(lyra, Split::kValid), ElementsAre("piece-7", "piece-10"));
  EXPECT_EQ(CountSplits(lyra), (SplitCounts{18, 2, 2}));
  DatasetOptions options;
  options.split_seed = 11;
  EXPECT_NE(Ids(Load("lyra", options), Split::kValid),
            Ids(lyra, Split::kValid));
}

TEST_F(LoadingTest, LyraTagsComeFromTheWholeTrainingPart) {
  const Dataset lyra = Load("lyra");
  EXPECT_THAT(lyra.tags, ElementsAre("genres--Traditional",
                                     "instruments--Voice", "place--None",
                                     "instruments--Lyra", "instruments--Oud",
                                     "place--Epirus", "place--Greece"));
  DatasetOptions options;
  options.split_seed = 11;
  EXPECT_EQ(Load("lyra", options).tags, lyra.tags);
  EXPECT_THAT(TagsOf(lyra, Find(lyra, "song")),
              ElementsAre("instruments--Voice", "place--None"));
}

TEST_F(LoadingTest, LyraTakesAPieceOrItsStretchOfTheVideo) {
  const Dataset lyra = Load("lyra");
  const AudioClip& piece = Find(lyra, "song").clips[0];
  EXPECT_EQ(piece.path, "audios/song.mp3");
  EXPECT_EQ(piece.start_seconds, 0);
  EXPECT_FALSE(piece.end_seconds.has_value());
  EXPECT_THAT(piece.duration_seconds, Optional(72.5));
  const AudioClip& stretch = Find(lyra, "dance").clips[0];
  EXPECT_EQ(stretch.path, "audios/video_d.wav");
  EXPECT_EQ(stretch.start_seconds, 100);
  EXPECT_THAT(stretch.end_seconds, Optional(136.0));
  EXPECT_THAT(stretch.duration_seconds, Optional(36.0));
}

TEST_F(LoadingTest, LyraDoesWithoutRawTsv) {
  ASSERT_THAT(files_.Remove("/data/lyra/raw.tsv"), IsOk());
  EXPECT_THAT(Load("lyra").recordings, SizeIs(22));
}

TEST_F(LoadingTest, MakamTagsAreMakamUsulAndInstrument) {
  const Dataset makam = Load("turkish_makam");
  EXPECT_THAT(makam.tags,
              ElementsAre("instrument--Ney", "makam--Hicaz", "makam--Uşşak"));
  EXPECT_THAT(TagsOf(makam, Find(makam, Mbid(3))), ElementsAre("makam--Hicaz"));
  EXPECT_THAT(makam.facts.duration_cap_seconds, Optional(150.0));
  EXPECT_FALSE(Find(makam, Mbid(0)).clips[0].duration_seconds.has_value());
}

TEST_F(LoadingTest, HindustaniTagsAreRaagTaalInstrumentAndForm) {
  const Dataset hindustani = Load("hindustani");
  EXPECT_THAT(hindustani.tags,
              ElementsAre("form--Khayal", "instrument--Voice", "tala--Teentaal",
                          "raga--Todi", "raga--Yaman"));
  EXPECT_THAT(Find(hindustani, Mbid(0)).clips[0].duration_seconds,
              Optional(600.0));
}

TEST_F(LoadingTest, CarnaticTagsAreRaagaTaalaAndForm) {
  const Dataset carnatic = Load("carnatic");
  EXPECT_THAT(carnatic.tags, ElementsAre("form--Kriti", "tala--adi",
                                         "raga--kalyani", "raga--thodi"));
}

TEST_F(LoadingTest, IdListsMayBeNpyOrTextFiles) {
  ASSERT_THAT(files_.Remove("/data/carnatic/split.csv"), IsOk());
  WriteData(files_, "carnatic/split/train.npy",
            UnicodeNpy({Mbid(0), Mbid(1)}, 36));
  WriteData(files_, "carnatic/split/valid.txt", Mbid(2) + "\n");
  WriteData(files_, "carnatic/split/test.npy", UnicodeNpy({Mbid(3)}, 36));
  EXPECT_EQ(CountSplits(Load("carnatic")), (SplitCounts{2, 1, 1}));
}

TEST_F(LoadingTest, Music4AllIsACorpusOnly) {
  EXPECT_THAT(LoadDataset(files_, kDataRoot, "music4all"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("a corpus to pre-train on")));
  const absl::StatusOr<Corpus> corpus =
      LoadCorpus(files_, kDataRoot, "music4all");
  ASSERT_THAT(corpus, IsOk());
  ASSERT_THAT(corpus->recordings, SizeIs(2));
  EXPECT_EQ(corpus->recordings[0].clips[0].path, "audios/0aB.mp3");
  EXPECT_EQ(corpus->culture, "western");
}

TEST_F(LoadingTest, AFolderIsADataset) {
  const Dataset ours = Load("ours");
  EXPECT_EQ(ours.facts.name, "ours");
  EXPECT_EQ(ours.facts.culture, "thrace");
  EXPECT_THAT(ours.tags, ElementsAre("dance:7/8", "instr:gaida"));
  EXPECT_EQ(CountSplits(ours), (SplitCounts{1, 1, 1}));
  const Recording& first = Find(ours, "a");
  ASSERT_THAT(first.clips, SizeIs(2));
  EXPECT_EQ(first.clips[1].path, "a/2.wav");
  EXPECT_THAT(DurationSeconds(first.clips), Optional(30.0));
  EXPECT_THAT(first.labels, ElementsAre(0, 1));
  EXPECT_FALSE(DurationSeconds(Find(ours, "c").clips).has_value());
  EXPECT_THAT(ours.notes, ElementsAre("columns of labels.csv that are not "
                                      "looked at: place"));
}

TEST_F(LoadingTest, ALabelsFileInTheDataRootIsTheFolder) {
  WriteData(files_, "labels.csv",
            "path,culture,tags,recording\nours/b.flac,x,,b\n"
            "ours/c.flac,y,,c\n");
  const Dataset folder = Load("folder");
  EXPECT_THAT(folder.recordings, SizeIs(2));
  EXPECT_EQ(folder.facts.culture, "mixed");
  EXPECT_EQ(folder.folder, "/data");
}

std::string ManyLabels(int recordings) {
  std::string text = "path,culture,tags,recording\n";
  for (int i = 0; i < recordings; ++i) {
    absl::StrAppend(&text, i, "a.wav,x,,tune ", i, "\n", i, "b.wav,x,,tune ", i,
                    "\n");
  }
  return text;
}

TEST_F(LoadingTest, AFolderWithoutSplitsIsSplitByRecording) {
  DatasetOptions options;
  options.missing_files = MissingFiles::kKeep;
  WriteData(files_, "ours/labels.csv", ManyLabels(2000));
  const Dataset large = Load("ours", options);
  const SplitCounts counts = CountSplits(large);
  EXPECT_NEAR(static_cast<double>(counts.train), 1400, 80);
  EXPECT_NEAR(static_cast<double>(counts.valid), 200, 50);
  EXPECT_THAT(large.notes,
              ElementsAre(HasSubstr("drawn by recording, 0.7 for training")));
  WriteData(files_, "ours/labels.csv", ManyLabels(50));
  const Dataset small = Load("ours", options);
  for (const Recording& recording : small.recordings) {
    EXPECT_EQ(recording.split, Find(large, recording.id).split)
        << "further recordings move no others";
    EXPECT_THAT(recording.clips, SizeIs(2));
  }
}

TEST_F(LoadingTest, DrawnSplitsFollowSeedAndFractions) {
  WriteData(files_, "ours/labels.csv", ManyLabels(100));
  DatasetOptions options;
  options.missing_files = MissingFiles::kKeep;
  const Dataset first = Load("ours", options);
  options.split_seed = 11;
  EXPECT_NE(Ids(first, Split::kTest), Ids(Load("ours", options), Split::kTest));
  options.train_fraction = 1;
  options.valid_fraction = 0;
  EXPECT_EQ(CountSplits(Load("ours", options)), (SplitCounts{100, 0, 0}));
  options.train_fraction = 0;
  EXPECT_EQ(CountSplits(Load("ours", options)), (SplitCounts{0, 0, 100}));
}

// The split of a folder is part of its results: it may not change.
TEST_F(LoadingTest, DrawnSplitsStayWhatTheyAre) {
  WriteData(files_, "ours/labels.csv", ManyLabels(20));
  DatasetOptions options;
  options.missing_files = MissingFiles::kKeep;
  const Dataset ours = Load("ours", options);
  EXPECT_THAT(Ids(ours, Split::kTest), ElementsAre("tune 14", "tune 19"));
}

TEST_F(LoadingTest, MissingFilesAreNamedWithWhatToDo) {
  ASSERT_THAT(files_.RemoveTree("/data/carnatic/audios"), IsOk());
  EXPECT_THAT(
      LoadDataset(files_, kDataRoot, "carnatic"),
      StatusIs(absl::StatusCode::kNotFound,
               AllOf(HasSubstr("carnatic: 4 files are missing below "
                               "/data/carnatic: \"audios/" +
                               Mbid(0) + ".mp3\""),
                     HasSubstr("dunya.compmusic.upf.edu"),
                     HasSubstr("expected below carnatic/ of the data root:"),
                     HasSubstr("\n  audios/<mbid>.mp3"))));
}

TEST_F(LoadingTest, AnAbsentDatasetSaysHowToGetIt) {
  ASSERT_THAT(files_.RemoveTree("/data/mtat"), IsOk());
  EXPECT_THAT(
      LoadDataset(files_, kDataRoot, "mtat"),
      StatusIs(absl::StatusCode::kNotFound,
               AllOf(HasSubstr("/data/mtat/annotations_final.csv"),
                     HasSubstr("mirg.city.ac.uk"), HasSubstr("CC BY-NC-SA 3.0"),
                     HasSubstr("\n  mp3/0/*.mp3"))));
}

TEST_F(LoadingTest, MissingFilesMayBeDroppedOrKept) {
  ASSERT_THAT(files_.Remove("/data/carnatic/audios/" + Mbid(0) + ".mp3"),
              IsOk());
  ASSERT_THAT(files_.Remove("/data/carnatic/recordings/" + Mbid(3) + ".json"),
              IsOk());
  DatasetOptions options;
  options.missing_files = MissingFiles::kDrop;
  const Dataset dropped = Load("carnatic", options);
  EXPECT_EQ(CountSplits(dropped), (SplitCounts{1, 1, 0}));
  EXPECT_THAT(dropped.missing_files,
              ElementsAre("audios/" + Mbid(0) + ".mp3",
                          "recordings/" + Mbid(3) + ".json"));
  options.missing_files = MissingFiles::kKeep;
  const Dataset kept = Load("carnatic", options);
  EXPECT_EQ(CountSplits(kept), (SplitCounts{2, 1, 1}));
  EXPECT_EQ(kept.missing_files, dropped.missing_files);
  EXPECT_FALSE(Find(kept, Mbid(0)).clips[0].size_bytes.has_value());
  EXPECT_EQ(kept.tags, dropped.tags)
      << "tags do not depend on which audio there is";
}

TEST_F(LoadingTest, ARecordingKeepsTheClipsThatAreThere) {
  ASSERT_THAT(files_.Remove("/data/ours/a/1.wav"), IsOk());
  DatasetOptions options;
  options.missing_files = MissingFiles::kDrop;
  const Dataset ours = Load("ours", options);
  EXPECT_THAT(Find(ours, "a").clips, SizeIs(1));
}

TEST_F(LoadingTest, NothingIsLeftOfAFolderWithoutAudio) {
  ASSERT_THAT(files_.RemoveTree("/data/ours/a"), IsOk());
  ASSERT_THAT(files_.Remove("/data/ours/b.flac"), IsOk());
  ASSERT_THAT(files_.Remove("/data/ours/c.flac"), IsOk());
  DatasetOptions options;
  options.missing_files = MissingFiles::kDrop;
  EXPECT_THAT(
      LoadDataset(files_, kDataRoot, "ours", options),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("4 files are missing")));
}

TEST_F(LoadingTest, LeavesNothingOpen) {
  for (const char* name :
       {"mtat", "fma_medium", "lyra", "turkish_makam", "ours"}) {
    ASSERT_THAT(LoadDataset(files_, kDataRoot, name), IsOk());
  }
  EXPECT_EQ(files_.open_descriptors(), 0u);
  EXPECT_EQ(files_.open_maps(), 0u);
}

TEST_F(LoadingTest, UnknownNamesGetTheNearestOnes) {
  EXPECT_THAT(LoadDataset(files_, kDataRoot, "lyre"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("did you mean \"lyra\"?"),
                             HasSubstr("turkish_makam, ours"))));
  EXPECT_THAT(
      LoadDataset(files_, kDataRoot, "../lyra"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("data set: ")));
}

TEST_F(LoadingTest, WrongOptionsAreNamed) {
  const auto error = [this](const DatasetOptions& options) {
    return LoadDataset(files_, kDataRoot, "mtat", options).status();
  };
  DatasetOptions variant;
  variant.variant = "unfilterd";
  EXPECT_THAT(error(variant),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "mtat: mtat has no variant \"unfilterd\" (did you mean "
                       "\"unfiltered\"?); expected \"filtered\", "
                       "\"unfiltered\""));
  DatasetOptions seed;
  seed.split_seed = 4294967296;
  EXPECT_THAT(error(seed), StatusIs(absl::StatusCode::kInvalidArgument,
                                    HasSubstr("at most 4294967295")));
  for (const double fraction : {-0.1, 1.1, 0.0 / 0.0, 0.95}) {
    DatasetOptions fractions;
    fractions.train_fraction = fraction;
    EXPECT_THAT(error(fractions),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("two numbers from 0 to 1")));
  }
}

TEST_F(LoadingTest, CorporaLeaveOutTestRecordings) {
  const absl::StatusOr<Corpus> corpus = LoadCorpus(files_, kDataRoot, "lyra");
  ASSERT_THAT(corpus, IsOk());
  EXPECT_FALSE(corpus->transductive);
  EXPECT_THAT(corpus->recordings, SizeIs(20));
  EXPECT_EQ(corpus->test_recordings, 0u);
  EXPECT_EQ(corpus->left_out_test_recordings, 2u);
  for (const CorpusRecording& recording : corpus->recordings) {
    EXPECT_THAT(recording.id, Not(testing::AnyOf("song", "dance")));
  }
  EXPECT_EQ(DescribeCorpus(*corpus),
            "lyra: 20 recordings, 0.20 h, without 2 test recordings");
}

TEST_F(LoadingTest, TransductiveCorporaSaySo) {
  CorpusOptions options;
  options.transductive = true;
  const absl::StatusOr<Corpus> corpus =
      LoadCorpus(files_, kDataRoot, "lyra", options);
  ASSERT_THAT(corpus, IsOk());
  EXPECT_TRUE(corpus->transductive);
  EXPECT_THAT(corpus->recordings, SizeIs(22));
  EXPECT_EQ(corpus->test_recordings, 2u);
  EXPECT_EQ(DescribeCorpus(*corpus),
            "lyra: 22 recordings, 0.23 h, TRANSDUCTIVE: with 2 test "
            "recordings");
}

TEST_F(LoadingTest, CorporaMayLeaveOutValidationRecordings) {
  CorpusOptions options;
  options.with_validation = false;
  const absl::StatusOr<Corpus> corpus =
      LoadCorpus(files_, kDataRoot, "turkish_makam", options);
  ASSERT_THAT(corpus, IsOk());
  EXPECT_EQ(DescribeCorpus(*corpus),
            "turkish_makam: 2 recordings, without 1 test recording, without 1 "
            "validation recording");
}

}  // namespace
}  // namespace culturemert

// Every malformed metadata file has an error of its own, which names the file,
// the place, what was found and what was expected.

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "datasets/catalog/catalog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/catalog/data_root.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

struct Malformed {
  const char* name;  // Of the test.
  const char* dataset;
  const char* path;     // Of the file that is made bad.
  const char* replace;  // What of its text is replaced; all of it for "".
  std::string by;
  std::string error;  // A part of the message.
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
};

std::ostream& operator<<(std::ostream& out, const Malformed& malformed) {
  return out << malformed.name;
}

class MalformedTest : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedTest, IsRefusedWithItsPlace) {
  const Malformed& malformed = GetParam();
  MemoryFiles files;
  WriteEverything(files);
  const std::string path = absl::StrCat(kDataRoot, "/", malformed.path);
  std::string text = malformed.by;
  if (malformed.replace[0] != '\0') {
    const absl::StatusOr<std::string> good = files.Read(path);
    ASSERT_THAT(good, IsOk());
    text = absl::StrReplaceAll(*good, {{malformed.replace, malformed.by}});
    ASSERT_NE(text, *good);
  }
  WriteData(files, malformed.path, text);
  DatasetOptions options;
  options.missing_files = MissingFiles::kKeep;
  EXPECT_THAT(LoadAnyDataset(files, kDataRoot, malformed.dataset, options),
              StatusIs(malformed.code, HasSubstr(malformed.error)));
}

constexpr char kLabels[] = "ours/labels.csv";
constexpr char kMtat[] = "mtat/annotations_final.csv";
constexpr char kTracks[] = "fma_medium/fma_metadata/tracks.csv";
constexpr char kGenres[] = "fma_medium/fma_metadata/genres.csv";
constexpr char kFmaTrain[] = "fma_medium/split/train.npy";
constexpr char kLyra[] = "lyra/split/test.tsv";
constexpr char kSplit[] = "carnatic/split.csv";
constexpr char kRecording[] =
    "carnatic/recordings/00000001-1111-2222-3333-444444444444.json";

INSTANTIATE_TEST_SUITE_P(
    Labels, MalformedTest,
    testing::Values(
        Malformed{"Empty", "ours", kLabels, "", "",
                  "ours: /data/ours/labels.csv:1:1: an empty file"},
        Malformed{"NoRows", "ours", kLabels, "",
                  "path,culture,tags,recording\n", "list no recordings"},
        Malformed{"NoPathColumn", "ours", kLabels, "path,", "pth,",
                  "labels.csv:1:1: no column \"path\"; is it \"pth\"?"},
        Malformed{"ColumnTwice", "ours", kLabels, "place", "tags",
                  "labels.csv:1:46: the column \"tags\" stands twice"},
        Malformed{"AbsolutePath", "ours", kLabels, "a/1.wav", "/a/1.wav",
                  "labels.csv:2:1: the path \"/a/1.wav\" is absolute"},
        Malformed{"PathLeavesTheFolder", "ours", kLabels, "a/1.wav",
                  "a/../../1.wav",
                  "labels.csv:2:1: the path \"a/../../1.wav\" has a part"},
        Malformed{"PathBeginsAbove", "ours", kLabels, "a/1.wav", "../1.wav",
                  "labels.csv:2:1: the path \"../1.wav\" has a part"},
        Malformed{"EmptyPath", "ours", kLabels, "a/1.wav", "",
                  "labels.csv:2:1: the path \"\" is empty"},
        Malformed{
            "PathOfTheFolderItself", "ours", kLabels, "a/1.wav", "./.",
            "labels.csv:2:1: the path \"./.\" names the directory itself"},
        Malformed{"PathWithControlCharacter", "ours", kLabels, "a/1.wav",
                  "a\x1b[2J.wav", "found the path \"a\\u001b[2J.wav\""},
        Malformed{"SamePathTwice", "ours", kLabels, "a/2.wav", "a//./1.wav",
                  "labels.csv:3:1: the file \"a//./1.wav\" is listed already "
                  "in line 2"},
        Malformed{"BadCulture", "ours", kLabels, "b.flac,thrace",
                  "b.flac,\xC3\xA9t\xC3\xA9",
                  "labels.csv:4:8: found the culture"},
        Malformed{"TwoCultures", "ours", kLabels, "a/2.wav,thrace",
                  "a/2.wav,epirus",
                  "labels.csv:3:28: the recording \"a\" is epirus here and "
                  "thrace in line 2"},
        Malformed{
            "TagWithoutGroup", "ours", kLabels, "instr:lyra", "lyra",
            "labels.csv:5:15: found the tag \"lyra\", expected group:value"},
        Malformed{"TagWithoutValue", "ours", kLabels, "instr:lyra", "instr:",
                  "labels.csv:5:15: found the tag \"instr:\", expected "
                  "group:value"},
        Malformed{"SecondTagBad", "ours", kLabels, "8;instr:gaida", "8;gaida",
                  "labels.csv:2:26: found the tag \"gaida\""},
        Malformed{"TagListEndsInSemicolon", "ours", kLabels, "instr:lyra",
                  "instr:lyra;", "labels.csv:5:26: found the tag \"\""},
        Malformed{"TagTwice", "ours", kLabels, "instr:lyra",
                  "instr:lyra;instr:lyra",
                  "labels.csv:5:26: the tag \"instr:lyra\" stands twice"},
        Malformed{"TagWithSpaceAtItsEnd", "ours", kLabels, "instr:lyra",
                  "instr:lyra ", "found the tag \"instr:lyra \""},
        Malformed{"NoRecording", "ours", kLabels, ",b,", ",,",
                  "labels.csv:4:16: found the recording \"\""},
        Malformed{"UnknownSplit", "ours", kLabels, ",test,", ",testing,",
                  "labels.csv:5:28: found the split \"testing\", expected "
                  "\"train\", \"valid\" or \"test\""},
        Malformed{"RecordingInTwoSplits", "ours", kLabels, "a,train,20",
                  "a,test,20",
                  "labels.csv:3:28: the recording \"a\" is in test here and in "
                  "train in line 2"},
        Malformed{"BadDuration", "ours", kLabels, ",20,", ",-20,",
                  "labels.csv:3:36: found the duration \"-20\""},
        Malformed{"TooFewFields", "ours", kLabels, ",Orfeas", "",
                  "labels.csv:2:1: found 6 fields, expected 7"},
        Malformed{"NotUtf8", "ours", kLabels, "Orfeas", "\xFF",
                  "labels.csv:2:49: invalid UTF-8"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Mtat, MalformedTest,
    testing::Values(
        Malformed{"NoPathColumn", "mtat", kMtat, "mp3_path", "path",
                  "annotations_final.csv: no column \"mp3_path\""},
        Malformed{"NoTagColumn", "mtat", kMtat, "\"harpsichord\"", "\"harpsi\"",
                  "no column \"harpsichord\""},
        Malformed{"ValueNotBinary", "mtat", kMtat, "\"1\"\t\"1\"\t\"0\"",
                  "\"1\"\t\"2\"\t\"0\"",
                  "annotations_final.csv:2: found \"2\" for the tag "
                  "\"guitar\", expected 0 or 1"},
        Malformed{"IdNoNumber", "mtat", kMtat, "\n\"2\"", "\n\"two\"",
                  "annotations_final.csv:3: found the clip_id \"two\""},
        Malformed{"IdTwice", "mtat", kMtat, "\n\"2\"", "\n\"1\"",
                  "the recording \"1\" is listed twice"},
        Malformed{"PathOutsideTheFolders", "mtat", kMtat, "c/choir", "g/choir",
                  "annotations_final.csv:4: found the mp3_path \"g/choir-"},
        Malformed{"PathLeavesTheFolder", "mtat", kMtat, "c/choir",
                  "c/../../choir", "annotations_final.csv:4: found the "},
        Malformed{"PathWithoutSeconds", "mtat", kMtat, "four-0-29", "four",
                  "expected <hexadecimal digit>/<name>-<seconds>-"},
        Malformed{"CommasInsteadOfTabs", "mtat", kMtat, "\t", ",",
                  "annotations_final.csv:1:10: text after the closing quote"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Fma, MalformedTest,
    testing::Values(
        Malformed{"EndsInItsHeader", "fma_medium", kTracks, "", ",set\n,split",
                  "tracks.csv: ends within its three header rows"},
        Malformed{"NoSubsetColumn", "fma_medium", kTracks, "subset", "sub",
                  "tracks.csv: no column (set, subset)"},
        Malformed{"NoIndexNameRow", "fma_medium", kTracks, "track_id", "1",
                  "tracks.csv:3: found \"1\", expected \"track_id\""},
        Malformed{"UnknownSubset", "fma_medium", kTracks, "small", "tiny",
                  "tracks.csv:4: found the subset \"tiny\""},
        Malformed{"UnknownSplit", "fma_medium", kTracks, "validation", "valid",
                  "tracks.csv:7: found the split \"valid\""},
        Malformed{"IdNoNumber", "fma_medium", kTracks, "\n10,", "\n-10,",
                  "tracks.csv:6: found the track_id \"-10\""},
        Malformed{"IdTooLong", "fma_medium", kTracks, "\n10,", "\n1000000,",
                  "expected a number of at most six digits"},
        Malformed{"NoList", "fma_medium", kTracks, "[38]", "38",
                  "tracks.csv:7: found the list \"38\""},
        Malformed{"ListWithName", "fma_medium", kTracks, "[38]", "[rock]",
                  "found the list \"[rock]\", expected numbers"},
        Malformed{"ListEndsInComma", "fma_medium", kTracks, "[38]", "\"[38,]\"",
                  "found the list \"[38,]\""},
        Malformed{"UnknownGenre", "fma_medium", kTracks, "[38]", "[39]",
                  "has the genre 39, which genres.csv does not list"},
        Malformed{"GenreTwice", "fma_medium", kGenres, "25,10", "12,10",
                  "genres.csv:3: the genre 12 is listed twice"},
        Malformed{"GenreIdNoNumber", "fma_medium", kGenres, "25,10", "x,10",
                  "genres.csv:3: found the genre_id \"x\""},
        Malformed{"GenreWithoutTitle", "fma_medium", kGenres, "Punk", "",
                  "genres.csv:3: the genre 25 has no title"},
        Malformed{"ListedTrackUnknown", "fma_medium", kFmaTrain, "",
                  UnicodeNpy({"000003"}, 6),
                  "train.npy: element 0: no track 000003 in the subset"},
        Malformed{"ListedInTwoSplits", "fma_medium", kFmaTrain, "",
                  UnicodeNpy({"000002", "000030"}, 6),
                  "the recording \"000030\" is listed twice: in train "},
        Malformed{"ListOfPickledObjects", "fma_medium", kFmaTrain, "<U6", "|O6",
                  "expected a one-dimensional array of strings"},
        Malformed{"ListCutShort", "fma_medium", kFmaTrain, "",
                  UnicodeNpy({"000002"}, 6).substr(0, 140),
                  "train.npy: the header announces 1 strings of 24 bytes",
                  absl::StatusCode::kDataLoss},
        Malformed{"ListIsNoNpy", "fma_medium", kFmaTrain, "", "000002\n",
                  "train.npy: not a .npy file"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Lyra, MalformedTest,
    testing::Values(
        Malformed{"NoColumn", "lyra", kLyra, "youtube-id", "video",
                  "test.tsv: no column \"youtube-id\""},
        Malformed{"TimeNoNumber", "lyra", kLyra, "77.5", "1:17",
                  "test.tsv:2: found the time \"1:17\", expected seconds"},
        Malformed{"TimeNotFinite", "lyra", kLyra, "77.5", "inf",
                  "test.tsv:2: found the time \"inf\""},
        Malformed{"EndsBeforeItBegins", "lyra", kLyra, "77.5", "4",
                  "test.tsv:2: the piece ends at 4 s, expected after 5 s"},
        Malformed{"EmptyValue", "lyra", kLyra, "Rebetiko", "Rebetiko||Laiko",
                  "test.tsv:2: found an empty value in genres"},
        Malformed{"IdLeavesTheFolder", "lyra", kLyra, "song", "../song",
                  "test.tsv:2: found the id \"../song\""},
        Malformed{"TrainingPieceInTest", "lyra", kLyra, "song", "piece-3",
                  "raw.tsv: does not list \"piece-3\""},
        Malformed{"RawListsMore", "lyra", "lyra/raw.tsv", "piece-19", "more",
                  "raw.tsv: does not list \"piece-19\""}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Dunya, MalformedTest,
    testing::Values(
        Malformed{"IdNotOfMusicBrainz", "carnatic", kSplit, "00000002-1111",
                  "00000002_1111", "split.csv:4: found the id "},
        Malformed{"IdLeavesTheFolder", "carnatic", kSplit,
                  "00000002-1111-2222-3333-444444444444", "../x",
                  "split.csv:4: found the id \"../x\""},
        Malformed{"InTwoSplits", "carnatic", kSplit, "00000002-1111",
                  "00000000-1111",
                  "split.csv:4: the recording \"00000000-1111-2222-3333-"
                  "444444444444\" is listed twice: in train "},
        Malformed{"UnknownSplit", "carnatic", kSplit, ",valid", ",dev",
                  "split.csv:4: found the split \"dev\""},
        Malformed{"NoSplitColumn", "carnatic", kSplit, "id,split", "id,part",
                  "split.csv: no column \"split\""},
        Malformed{"NoJson", "carnatic", kRecording, "", "<html>",
                  "444444444444.json:1:1"},
        Malformed{"JsonCutShort", "carnatic", kRecording, "}", "",
                  "444444444444.json:1:"},
        Malformed{"AnErrorFromTheServer", "carnatic", kRecording, "",
                  "{\"detail\": \"Invalid token.\"}",
                  "\"mbid\" is missing, expected a MusicBrainz id"},
        Malformed{"AListOfRecordings", "carnatic", kRecording, "", "[]",
                  "expected the object of one recording"},
        Malformed{"OfAnotherRecording", "carnatic", kRecording, "00000001-1111",
                  "00000002-1111", "expected the one of the file's name"},
        Malformed{"OfAnotherCollection", "carnatic", kRecording, "raaga",
                  "raags", "no list \"raaga\"; expected what Dunya's API"},
        Malformed{"ListOfStrings", "carnatic", kRecording,
                  "[{\"common_name\": \"kalyani\"}]", "[\"kalyani\"]",
                  "\"raaga\" is of type string, expected a list of objects"},
        Malformed{"NoList", "carnatic", kRecording, "\"artists\": []",
                  "\"artists\": {}", "\"artists\" is of type object"},
        Malformed{"NameNoString", "carnatic", kRecording, "\"adi\"", "8",
                  "\"common_name\" is of type number, expected a string"},
        Malformed{"InstrumentNoObject", "carnatic", kRecording,
                  "\"artists\": []", "\"artists\": [{\"instrument\": 3}]",
                  "\"instrument\" is of type number, expected an object"},
        Malformed{"LengthNoNumber", "carnatic", kRecording, "null,",
                  "\"3:20\",", "\"length\" is no whole number of milliseconds"},
        Malformed{"NegativeLength", "carnatic", kRecording, "null,", "-1,",
                  "\"length\" is no whole number of milliseconds"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Music4All, MalformedTest,
    testing::Values(
        Malformed{"NoIdColumn", "music4all", "music4all/id_genres.csv", "id\t",
                  "ids\t", "id_genres.csv: no column \"id\""},
        Malformed{"IdLeavesTheFolder", "music4all", "music4all/id_genres.csv",
                  "0aC", "../0aC", "id_genres.csv:3: found the id \"../0aC\""},
        Malformed{"IdTwice", "music4all", "music4all/id_genres.csv", "0aC",
                  "0aB", "the recording \"0aB\" is listed twice"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace culturemert

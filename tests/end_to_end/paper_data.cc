#include "tests/end_to_end/paper_data.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "datasets/audio/wav_writer.h"
#include "datasets/catalog/split.h"
#include "tests/datasets/audio/test_audio.h"
#include "tests/datasets/catalog/data_root.h"
#include "tools/base/files/paths.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr int kRateHz = 44100;
// Of the sets with lists of ids; the others come as near as their rules allow.
constexpr SplitCounts kListed = {4, 2, 3};
// A tenth of Lyra's official training part is drawn for validation.
constexpr SplitCounts kLyra = {9, 1, 3};
constexpr SplitCounts kMusic4All = {3, 0, 0};

// A note of its own for each number, under a little noise.
std::vector<float> Note(int number, double seconds) {
  const auto samples =
      static_cast<std::size_t>(std::llround(seconds * kRateHz));
  std::vector<float> audio =
      Sine(110 * std::exp2(number / 12.0), kRateHz, samples, 0.4);
  const RandomStream noise(static_cast<std::uint64_t>(number),
                           StreamId("noise of a note"));
  for (std::size_t i = 0; i < samples; ++i) {
    audio[i] += 0.1F * (noise.UniformFloat(i) - 0.5F);
  }
  return audio;
}

Split SplitOf(int number, const SplitCounts& counts) {
  const auto place = static_cast<std::size_t>(number);
  if (place < counts.train) return Split::kTrain;
  return place < counts.train + counts.valid ? Split::kValid : Split::kTest;
}

// Writes below a folder, up to the first error.
class Folder {
 public:
  Folder(Files& files, absl::string_view path) : files_(files), path_(path) {}

  const absl::Status& status() const { return status_; }

  void Text(absl::string_view name, absl::string_view text) {
    const std::string path = MakePlace(name);
    if (status_.ok()) status_ = files_.WriteAtomically(path, text);
  }

  void Mp3(absl::string_view name, int number,
           double seconds = kPaperClipSeconds) {
    Text(name, EncodeMp3(kRateHz, 1, Note(number, seconds)));
  }

  void Wav(absl::string_view name, int number) {
    const std::string path = MakePlace(name);
    if (!status_.ok()) return;
    status_ = WriteWav(files_, path, Note(number, kPaperClipSeconds), kRateHz);
  }

 private:
  // The path, behind which there are folders now.
  std::string MakePlace(absl::string_view name) {
    const std::string path = JoinPath(path_, name);
    if (status_.ok()) status_ = files_.CreateDirectories(Dirname(path));
    return path;
  }

  Files& files_;
  const std::string path_;
  absl::Status status_;
};

// split/{train,valid,test}.npy, as CCML distributes them.
void WriteIdLists(const std::string& set, const std::vector<std::string>& ids,
                  Folder& root) {
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    std::vector<std::string> listed;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (SplitOf(static_cast<int>(i), kListed) == split) {
        listed.push_back(ids[i]);
      }
    }
    root.Text(absl::StrCat(set, "/split/", NameOf(split), ".npy"),
              UnicodeNpy(listed, ids.front().size()));
  }
}

// `details` are the JSON members of even and odd recordings.
void WriteDunya(const std::string& set, const std::vector<std::string>& details,
                Folder& root) {
  std::vector<std::string> ids;
  for (int i = 0; i < static_cast<int>(kListed.total()); ++i) {
    ids.push_back(Mbid(i));
    root.Mp3(absl::StrCat(set, "/audios/", ids.back(), ".mp3"), i);
    root.Text(
        absl::StrCat(set, "/recordings/", ids.back(), ".json"),
        absl::StrCat("{\"mbid\": \"", ids.back(), "\", \"title\": \"Piece ", i,
                     "\", ", details[static_cast<std::size_t>(i % 2)], "}"));
  }
  WriteIdLists(set, ids, root);
}

void WriteCollections(Folder& root) {
  const auto makam = [](absl::string_view name) {
    return absl::StrCat(
        R"("makamlist": [{"uuid": 1, "name": ")", name,
        R"("}], "usullist": [], "performers": [{"name": "x", )",
        R"("instrument": {"name": "Ney"}}, {"instrument": null}])");
  };
  WriteDunya("turkish_makam", {makam("Hicaz"), makam("Uşşak")}, root);
  const auto raag = [](absl::string_view name) {
    return absl::StrCat(
        R"("length": 1250, "raags": [{"common_name": ")", name,
        R"("}], "taals": [{"common_name": "Teentaal"}], "forms": [], )",
        R"("artists": [{"instrument": {"name": "Voice"}}])");
  };
  WriteDunya("hindustani", {raag("Yaman"), raag("Todi")}, root);
  const auto raaga = [](absl::string_view name) {
    return absl::StrCat(R"("length": null, "raaga": [{"common_name": ")", name,
                        R"("}], "taala": [{"common_name": "adi"}], )",
                        R"("artists": [], "form": [{"name": "Kriti"}])");
  };
  WriteDunya("carnatic", {raaga("thodi"), raaga("kalyani")}, root);
}

// A row of Lyra's tables, for a piece of a second and a quarter that starts at
// the first second of its video.
std::string LyraRow(absl::string_view id, int number) {
  return absl::StrCat(id, "\tVoice|", number % 2 ? "Oud" : "Lyra",
                      "\tTraditional\tNone\tNone\t1\tvideo-", id, "\t1\t",
                      1 + kPaperClipSeconds, "\n");
}

void WriteLyra(Folder& root) {
  const std::string header =
      "id\tinstruments\tgenres\tplace\tcoordinates\tis-danced\tyoutube-id\t"
      "start-ts\tend-ts\n";
  std::string training;
  std::string test;
  for (int i = 0; i < static_cast<int>(kLyra.total()); ++i) {
    const std::string id = absl::StrCat("piece-", i);
    const bool is_test = SplitOf(i, kLyra) == Split::kTest;
    absl::StrAppend(is_test ? &test : &training, LyraRow(id, i));
    if (i % 2 == 0) {
      root.Wav(absl::StrCat("lyra/audios/", id, ".wav"), i);
    } else {
      root.Mp3(absl::StrCat("lyra/audios/video-", id, ".mp3"), i, 3);
    }
  }
  root.Text("lyra/split/training.tsv", header + training);
  root.Text("lyra/split/test.tsv", header + test);
  root.Text("lyra/raw.tsv", header + test + training);
}

// Folders 0 to b are for training, c for validation, d to f for testing.
void WriteMtat(Folder& root) {
  const std::string folders = "0123ccdef";
  std::vector<MtatRow> rows;
  for (int i = 0; i < static_cast<int>(folders.size()); ++i) {
    const char folder = folders[static_cast<std::size_t>(i)];
    rows.push_back({absl::StrCat(i + 1),
                    {"slow", i % 2 ? "choral" : "guitar"},
                    absl::StrCat(std::string(1, folder), "/band-album-0", i,
                                 "-song-0-29.mp3")});
    root.Mp3(absl::StrCat("mtat/mp3/", rows.back().path), i);
  }
  root.Text("mtat/annotations_final.csv", MtatAnnotations(rows));
}

void WriteFma(Folder& root) {
  std::string tracks =
      ",album,set,set,track,track\n"
      ",title,split,subset,genres_all,title\n"
      "track_id,,,,,\n";
  std::vector<std::string> ids;
  for (int i = 0; i < static_cast<int>(kListed.total()); ++i) {
    const int number = 998 + i;
    ids.push_back(absl::StrFormat("%06d", number));
    absl::StrAppend(&tracks, number, ",x,training,medium,\"",
                    i % 2 ? "[12, 25]" : "[38]", "\",song ", i, "\n");
    root.Mp3(absl::StrCat("fma_medium/fma_medium/", ids.back().substr(0, 3),
                          "/", ids.back(), ".mp3"),
             i);
  }
  root.Text("fma_medium/fma_metadata/tracks.csv", tracks);
  root.Text("fma_medium/fma_metadata/genres.csv",
            "genre_id,#tracks,parent,title,top_level\n"
            "12,100,0,Rock,12\n"
            "25,10,12,Punk,12\n"
            "38,50,0,Experimental,38\n");
  WriteIdLists("fma_medium", ids, root);
}

void WriteMusic4All(Folder& root) {
  std::string genres = "id\tgenres\n";
  for (int i = 0; i < static_cast<int>(kMusic4All.total()); ++i) {
    const std::string id = absl::StrCat("0aB", i);
    absl::StrAppend(&genres, id, "\trock,pop\n");
    root.Mp3(absl::StrCat("music4all/audios/", id, ".mp3"), i);
  }
  root.Text("music4all/id_genres.csv", genres);
}

}  // namespace

SplitCounts PaperSplits(absl::string_view name) {
  if (name == "lyra") return kLyra;
  return name == "western" ? kMusic4All : kListed;
}

absl::Status WritePaperData(Files& files, absl::string_view root) {
  Folder folder(files, root);
  WriteCollections(folder);
  WriteLyra(folder);
  WriteMtat(folder);
  WriteFma(folder);
  WriteMusic4All(folder);
  return folder.status();
}

}  // namespace culturemert

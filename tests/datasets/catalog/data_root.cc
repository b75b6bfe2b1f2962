#include "tests/datasets/catalog/data_root.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "datasets/catalog/registry.h"
#include "tools/base/files/paths.h"

namespace culturemert {
namespace {

constexpr char kAudio[] = "audio";

void WriteAudio(MemoryFiles& files, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) WriteData(files, path, kAudio);
}

void WriteMtat(MemoryFiles& files) {
  const std::vector<MtatRow> rows = {
      {"1", {"guitar", "slow"}, "0/band-song-1-one-0-29.mp3"},
      {"2", {"guitar"}, "b/band-song-2-two-30-59.mp3"},
      {"3", {"choral"}, "c/choir-song-1-three-0-29.mp3"},
      {"4", {"no vocals", "sitar"}, "d/sitar-song-1-four-0-29.mp3"},
      {"5", {}, "f/nothing-song-1-five-0-29.mp3"}};
  WriteData(files, "mtat/annotations_final.csv", MtatAnnotations(rows));
  for (const MtatRow& row : rows) {
    WriteAudio(files, {absl::StrCat("mtat/mp3/", row.path)});
  }
}

void WriteFma(MemoryFiles& files) {
  WriteData(files, "fma_medium/fma_metadata/genres.csv",
            "genre_id,#tracks,parent,title,top_level\n"
            "12,100,0,Rock,12\n"
            "25,10,12,Punk,12\n"
            "38,50,0,\"Experimental, or so\",38\n");
  WriteData(files, "fma_medium/fma_metadata/tracks.csv",
            ",album,set,set,track,track\n"
            ",title,split,subset,genres_all,title\n"
            "track_id,,,,,\n"
            "2,\"a \"\"b\"\"\r\nc\",training,small,\"[12, 25]\",one\n"
            "10,x,test,medium,[12],two\n"
            "20,x,validation,medium,[38],three\n"
            "30,x,test,medium,[],four\n"
            "40,x,training,large,[999],five\n"
            "50,x,training,,[999],six\n"
            "1486,x,training,medium,[12],cut\n");
  WriteData(files, "fma_medium/split/train.npy",
            UnicodeNpy({"000002", "000010"}, 6));
  WriteData(files, "fma_medium/split/valid.npy", UnicodeNpy({"000020"}, 6));
  WriteData(files, "fma_medium/split/test.npy", UnicodeNpy({"000030"}, 6));
  for (const char* id : {"000002", "000010", "000020", "000030"}) {
    WriteAudio(files, {absl::StrCat("fma_medium/fma_medium/000/", id, ".mp3")});
  }
}

void WriteLyra(MemoryFiles& files) {
  const std::string header =
      "id\tinstruments\tgenres\tplace\tcoordinates\tis-danced\tyoutube-id\t"
      "start-ts\tend-ts\n";
  std::string training;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&training, "piece-", i, "\tVoice|", i % 2 ? "Oud" : "Lyra",
                    "\tTraditional\t", i % 3 ? "None" : "Epirus|Greece",
                    "\tNone\t1\tvideo-", i, "\t", 10 * i, "\t", 10 * i + 36,
                    "\n");
    WriteAudio(files, {absl::StrCat("lyra/audios/piece-", i, ".flac")});
  }
  const std::string test =
      "song\tVoice\tRebetiko\tNone\tNone\t0\tvideo_s\t5\t77.5\n"
      "dance\tKlarino\tTraditional\tEpirus\tNone\t1\tvideo_d\t100\t136\n";
  WriteData(files, "lyra/split/training.tsv", header + training);
  WriteData(files, "lyra/split/test.tsv", header + test);
  WriteData(files, "lyra/raw.tsv", header + test + training);
  WriteAudio(files, {"lyra/audios/song.mp3", "lyra/audios/video_d.wav"});
}

void WriteDunya(MemoryFiles& files, const std::string& name,
                const std::vector<std::string>& recordings) {
  std::string split = "id,split\n";
  for (int i = 0; i < 4; ++i) {
    absl::StrAppend(&split, Mbid(i), ",",
                    i < 2    ? "train"
                    : i == 2 ? "valid"
                             : "test",
                    "\n");
    WriteAudio(files, {absl::StrCat(name, "/audios/", Mbid(i), ".mp3")});
    WriteData(files, absl::StrCat(name, "/recordings/", Mbid(i), ".json"),
              absl::StrCat("{\"mbid\": \"", Mbid(i), "\", ",
                           recordings[static_cast<std::size_t>(i)], "}"));
  }
  WriteData(files, absl::StrCat(name, "/split.csv"), split);
}

void WriteCollections(MemoryFiles& files) {
  const auto makam = [](const char* mode, const char* instrument) {
    return absl::StrCat(
        "\"title\": \"x\", \"makamlist\": [{\"uuid\": 1, \"name\": \"", mode,
        "\"}], \"usullist\": [], \"performers\": [{\"name\": \"y\", "
        "\"instrument\": {\"name\": \"",
        instrument, "\"}}, {\"name\": \"z\", \"instrument\": null}]");
  };
  WriteDunya(files, "turkish_makam",
             {makam("Hicaz", "Ney"), makam("Uşşak", "Ney"),
              makam("Segah", "Oud"), makam("Hicaz", "Oud")});
  const auto raag = [](const char* raga) {
    return absl::StrCat(
        "\"length\": 600000, \"raags\": [{\"common_name\": \"", raga,
        "\", \"name\": \"other\"}], \"taals\": [{\"common_name\": "
        "\"Teentaal\"}], \"artists\": [{\"instrument\": {\"name\": "
        "\"Voice\"}}, {\"instrument\": {\"name\": \"Voice\"}}], \"forms\": "
        "[{\"common_name\": \"Khayal\", \"name\": \"khayal\"}]");
  };
  WriteDunya(files, "hindustani",
             {raag("Yaman"), raag("Todi"), raag("Yaman"), raag("Bhoop")});
  const auto raaga = [](const char* raga) {
    return absl::StrCat(
        "\"length\": null, \"raaga\": [{\"common_name\": \"", raga,
        "\"}], \"taala\": [{\"common_name\": \"adi\"}], \"artists\": [], "
        "\"form\": [{\"name\": \"Kriti\"}, {\"name\": null}]");
  };
  WriteDunya(
      files, "carnatic",
      {raaga("thodi"), raaga("kalyani"), raaga("thodi"), raaga("bhairavi")});
}

}  // namespace

void WriteData(MemoryFiles& files, absl::string_view path,
               absl::string_view contents) {
  const std::string full = JoinPath(kDataRoot, path);
  absl::Status status = files.CreateDirectories(Dirname(full));
  if (status.ok()) status = files.WriteAtomically(full, contents);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::abort();
  }
}

std::string MtatAnnotations(const std::vector<MtatRow>& rows) {
  const std::vector<std::string>& tags =
      FindDatasetSource("mtat")->facts.published_tags;
  std::string text =
      absl::StrCat("\"clip_id\"\t\"", absl::StrJoin(tags, "\"\t\""));
  for (int i = 0; i < 138; ++i) absl::StrAppend(&text, "\"\t\"other ", i);
  absl::StrAppend(&text, "\"\t\"mp3_path\"\n");
  for (const MtatRow& row : rows) {
    absl::StrAppend(&text, "\"", row.id, "\"");
    for (const std::string& tag : tags) {
      const bool is_set =
          std::find(row.tags.begin(), row.tags.end(), tag) != row.tags.end();
      absl::StrAppend(&text, "\t\"", is_set ? 1 : 0, "\"");
    }
    for (int i = 0; i < 138; ++i) absl::StrAppend(&text, "\t\"1\"");
    absl::StrAppend(&text, "\t\"", row.path, "\"\n");
  }
  return text;
}

std::string UnicodeNpy(const std::vector<std::string>& strings,
                       std::size_t width) {
  std::string header = absl::StrCat("{'descr': '<U", width,
                                    "', 'fortran_order': False, 'shape': (",
                                    strings.size(), ",), }");
  header.resize(117, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
  bytes += header;
  for (const std::string& text : strings) {
    for (std::size_t i = 0; i < width; ++i) {
      bytes += i < text.size() ? text[i] : '\0';
      bytes.append(3, '\0');
    }
  }
  return bytes;
}

std::string Mbid(int n) {
  return absl::StrCat("0000000", n, "-1111-2222-3333-444444444444");
}

void WriteEverything(MemoryFiles& files) {
  WriteMtat(files);
  WriteFma(files);
  WriteLyra(files);
  WriteCollections(files);
  WriteData(files, "music4all/id_genres.csv",
            "id\tgenres\n0aB\trock,\"pop\n0aC\tjazz\n");
  WriteAudio(files, {"music4all/audios/0aB.mp3", "music4all/audios/0aC.mp3"});
  WriteData(files, "ours/labels.csv",
            "path,culture,tags,recording,split,duration_s,place\n"
            "a/1.wav,thrace,dance:7/8;instr:gaida,a,train,10,Orfeas\n"
            "a/2.wav,thrace,instr:gaida,a,train,20,Orfeas\n"
            "b.flac,thrace,,b,valid,30,\n"
            "c.flac,thrace,instr:lyra,c,test,,\n");
  WriteAudio(files,
             {"ours/a/1.wav", "ours/a/2.wav", "ours/b.flac", "ours/c.flac"});
}

}  // namespace culturemert

// Any annotations_final.csv is read or refused with its place; every clip read
// has a path inside its folder and a split.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/mtat_annotations.h"
#include "tests/fuzz/catalog/fuzz_check.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"

namespace culturemert {
namespace {

void CheckClip(const MtatClip& clip) {
  Check(IsInside("/mp3", JoinPath("/mp3", clip.path)),
        "no path leaves the folder");
  Check(absl::StartsWith(clip.path, absl::StrCat(clip.track, "-")),
        "the track begins the path");
  Check(MtatSplit(clip.path) == MtatSplit(clip.track),
        "a track is in one split");
  Check(clip.tags.size() <= 2, "only the tags asked for are read");
}

// A table of the clips alone reads the same.
void CheckRoundTrip(const std::vector<MtatClip>& clips,
                    const std::vector<std::string>& tags) {
  std::string text = "clip_id\tguitar\tno vocals\tmp3_path\n";
  for (const MtatClip& clip : clips) {
    std::vector<absl::string_view> fields = {clip.id};
    std::size_t next = 0;
    for (const std::string& tag : tags) {
      const bool is_set = next < clip.tags.size() && clip.tags[next] == tag;
      fields.push_back(is_set ? "1" : "0");
      next += is_set;
    }
    fields.push_back(clip.path);
    Check(AppendCsvRow(fields, '\t', &text).ok(), "clips can be written");
  }
  const auto table = CsvTable::Parse(text, "b", MtatTableOptions());
  Check(table.ok(), "what was written is a table");
  const auto again = ReadMtatClips(**table, tags);
  Check(again.ok() && again->size() == clips.size(), "all clips are read");
  for (std::size_t i = 0; i < clips.size(); ++i) {
    Check((*again)[i].id == clips[i].id && (*again)[i].path == clips[i].path &&
              (*again)[i].tags == clips[i].tags,
          "clips survive");
  }
}

void CheckText(absl::string_view text) {
  const auto table =
      CsvTable::Parse(std::string(text), "a.csv", MtatTableOptions());
  if (!table.ok()) return CheckError(table.status(), "a.csv:");
  const std::vector<std::string> tags = {"guitar", "no vocals"};
  const auto clips = ReadMtatClips(**table, tags);
  if (!clips.ok()) return CheckError(clips.status(), "a.csv:");
  Check(clips->size() == (*table)->num_rows(), "each row is a clip");
  for (const MtatClip& clip : *clips) CheckClip(clip);
  CheckRoundTrip(*clips, tags);
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckText(culturemert::Text(data, size));
  return 0;
}

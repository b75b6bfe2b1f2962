// Any tracks.csv and genres.csv is read or refused with its place; a list of
// integers that was read is written and read again. The input is both tables in
// turn.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "datasets/catalog/fma_tables.h"
#include "tests/fuzz/catalog/fuzz_check.h"

namespace culturemert {
namespace {

void CheckTracks(absl::string_view text) {
  const auto tracks = ParseFmaMediumTracks(text, "tracks.csv");
  if (!tracks.ok()) return CheckError(tracks.status(), "tracks.csv:");
  std::string written =
      ",set,set,track\n,split,subset,genres_all\ntrack_id,,,\n";
  for (const FmaTrack& track : *tracks) {
    Check(track.id.size() == 6, "ids have six digits");
    const std::string genres =
        absl::StrCat("[", absl::StrJoin(track.genres, ", "), "]");
    const auto again = ParsePythonIntegers(genres);
    Check(again.ok() && *again == track.genres, "lists survive");
    const char* const names[] = {"training", "validation", "test"};
    absl::StrAppend(&written, track.id, ",",
                    names[static_cast<int>(track.split)], ",medium,\"", genres,
                    "\"\n");
  }
  const auto again = ParseFmaMediumTracks(written, "b");
  Check(again.ok() && again->size() == tracks->size(), "all tracks are read");
  for (std::size_t i = 0; i < again->size(); ++i) {
    const FmaTrack& before = (*tracks)[i];
    const FmaTrack& after = (*again)[i];
    Check(before.id == after.id && before.split == after.split &&
              before.genres == after.genres,
          "tracks survive");
  }
}

void CheckGenres(absl::string_view text) {
  const auto genres = ParseFmaGenres(std::string(text), "genres.csv");
  if (!genres.ok()) return CheckError(genres.status(), "genres.csv:");
  for (const auto& [id, title] : *genres) {
    Check(id >= 0 && !title.empty(), "genres have an id and a title");
  }
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckTracks(culturemert::Text(data, size));
  culturemert::CheckGenres(culturemert::Text(data, size));
  return 0;
}

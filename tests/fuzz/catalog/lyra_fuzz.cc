// Any of Lyra's tables is read or refused with its place; every piece read has
// a stretch of time and names that are safe in paths.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "datasets/catalog/lyra_table.h"
#include "tests/fuzz/catalog/fuzz_check.h"
#include "tools/base/formats/csv.h"

namespace culturemert {
namespace {

void CheckPiece(const LyraPiece& piece) {
  Check(std::isfinite(piece.end_seconds) && piece.start_seconds >= 0 &&
            piece.end_seconds > piece.start_seconds,
        "a piece is a stretch of time");
  for (const std::string* name : {&piece.id, &piece.youtube_id}) {
    Check(!name->empty() && name->find_first_of("/.\\") == std::string::npos,
          "names are safe in paths");
  }
  Check(piece.tags.size() >= 3, "each of the three columns gives a tag");
  for (const std::string& tag : piece.tags) {
    const bool has_prefix = absl::StartsWith(tag, "instruments--") ||
                            absl::StartsWith(tag, "genres--") ||
                            absl::StartsWith(tag, "place--");
    Check(has_prefix && !absl::EndsWith(tag, "|"), "tags have their prefix");
  }
}

void CheckText(absl::string_view text) {
  const auto table =
      CsvTable::Parse(std::string(text), "a.tsv", LyraTableOptions());
  if (!table.ok()) return CheckError(table.status(), "a.tsv:");
  const auto pieces = ReadLyraPieces(**table);
  if (!pieces.ok()) return CheckError(pieces.status(), "a.tsv:");
  Check(pieces->size() == (*table)->num_rows(), "each row is a piece");
  for (const LyraPiece& piece : *pieces) CheckPiece(piece);
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckText(culturemert::Text(data, size));
  return 0;
}

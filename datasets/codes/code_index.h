// The files of a code store: the codes a tokenizer gave to recordings, at 75
// frames a second.
//
//   codes.bin      little-endian uint16, recording after recording; of each,
//                  [books, frames]: all frames of book 0, then of book 1 ...
//   codes.jsonl    one line a recording: id, frames, checksum (XXH3-128)
//   manifest.json  version, books, codes_per_book, tokenizer; once the store
//                  is finished also recordings, frames, checksum of codes.jsonl
//
// Where a recording's codes begin follows from the lines before its own.

#ifndef CULTUREMERT_DATASETS_CODES_CODE_INDEX_H_
#define CULTUREMERT_DATASETS_CODES_CODE_INDEX_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

inline constexpr int kCodeStoreVersion = 1;
inline constexpr char kCodesName[] = "codes.bin";
inline constexpr char kCodesIndexName[] = "codes.jsonl";
inline constexpr char kCodesManifestName[] = "manifest.json";
inline constexpr char kCodesLockName[] = "writer.lock";

// What all codes of a store have in common.
struct CodeFormat {
  int books = 8;              // 1 to 64.
  int codes_per_book = 1024;  // 2 to 65536.
  std::string tokenizer;      // Whose codes they are: Tokenizer::identity().

  friend bool operator==(const CodeFormat& a, const CodeFormat& b) {
    return a.books == b.books && a.codes_per_book == b.codes_per_book &&
           a.tokenizer == b.tokenizer;
  }
};

// A line of the index.
struct CodedRecording {
  std::string id;            // Unique in the store.
  std::uint64_t frames = 0;  // At least 1, at most 2^32.
  Hash128 checksum;          // Of the recording's bytes in codes.bin.
};

nlohmann::json ToJson(const CodedRecording& recording);
absl::StatusOr<CodedRecording> ParseCodedRecording(const nlohmann::json& record,
                                                   absl::string_view place);

struct CodeManifest {
  CodeFormat format;
  bool is_finished = false;  // Else the rest means nothing.
  std::uint64_t recordings = 0;
  std::uint64_t frames = 0;
  Hash128 index_checksum;  // Of codes.jsonl.
};

absl::StatusOr<std::string> FormatCodeManifest(const CodeManifest& manifest);
// kInvalidArgument for what is no manifest, kFailedPrecondition for one of
// another version; `path` names the file.
absl::StatusOr<CodeManifest> ParseCodeManifest(absl::string_view text,
                                               absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CODES_CODE_INDEX_H_

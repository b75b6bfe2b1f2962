// The files of a store of blobs: bytes that were made of recordings, one blob a
// recording.
//
//   data           blob after blob; each is a whole number of units, as frames,
//                  and a unit is a number of elements, little-endian
//   index          a line a recording: id, units, checksum (XXH3-128)
//   manifest.json  format, version, what all blobs have in common; once the
//                  store is finished also recordings, units, checksum of the
//                  index
//   writer.lock    while a process writes
//
// Where a blob begins follows from the lines before its own. A BlobKind gives
// all this its names; datasets/codes is an example.

#ifndef CULTUREMERT_DATASETS_BLOBS_BLOB_INDEX_H_
#define CULTUREMERT_DATASETS_BLOBS_BLOB_INDEX_H_

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

inline constexpr char kBlobManifestName[] = "manifest.json";
inline constexpr char kBlobLockName[] = "writer.lock";

struct BlobFormat;

// What sets one kind of store apart; a constant of the program.
struct BlobKind {
  const char* store;  // "code store"; of format "culturemert code store".
  int version;
  const char* data_name;   // "codes.bin"
  const char* index_name;  // "codes.jsonl"
  const char* elements;    // "codes"
  std::uint64_t element_bytes;
  const char* units;  // "frames": in the index, the manifest and messages.
  const char* again;  // What makes the store anew: "tokenize again".
  // Asks for the kind's own fields of a manifest. Errors are looked at
  // afterwards: a number that is wrong reads as the smallest allowed.
  BlobFormat (*read)(JsonFields& manifest);
};

// What all blobs of a store have in common.
struct BlobFormat {
  const BlobKind* kind = nullptr;
  nlohmann::json fields;  // The kind's own in the manifest.
  std::uint64_t unit_elements = 1;
  std::string unit;         // The same for a message: "the 8 books".
  std::string description;  // For a message: "EnCodec (8 books of 1024)".
  // What is wrong with a blob's elements, "" for nothing: "has the code 16,
  // books have 16".
  std::function<std::string(absl::string_view blob)> fault;

  std::uint64_t unit_bytes() const {
    return unit_elements * kind->element_bytes;
  }
};

// A line of the index.
struct Blob {
  std::string id;           // The recording's; unique in the store.
  std::uint64_t units = 0;  // At least 1, at most 2^32.
  Hash128 checksum;         // Of the blob's bytes.
};

nlohmann::json ToJson(const Blob& blob, const BlobKind& kind);
absl::StatusOr<Blob> ParseBlob(const nlohmann::json& record,
                               const BlobKind& kind, absl::string_view place);

struct BlobTotals {
  std::uint64_t recordings = 0;
  std::uint64_t units = 0;
  Hash128 index_checksum;
};

struct BlobManifest {
  BlobFormat format;
  std::optional<BlobTotals> finished;  // Once the store is.
};

absl::StatusOr<std::string> FormatBlobManifest(const BlobManifest& manifest);
// kInvalidArgument for what is no manifest of this kind, kFailedPrecondition
// for one of another version; `path` names the file.
absl::StatusOr<BlobManifest> ParseBlobManifest(absl::string_view text,
                                               const BlobKind& kind,
                                               absl::string_view path);

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "elements are in memory as they are in the file");

// The elements that a blob's bytes are, and the bytes that elements are.
template <typename Element>
absl::Span<const Element> BlobElements(absl::string_view blob) {
  return {reinterpret_cast<const Element*>(blob.data()),
          blob.size() / sizeof(Element)};
}
template <typename Element>
absl::string_view BlobBytes(absl::Span<const Element> elements) {
  return {reinterpret_cast<const char*>(elements.data()),
          elements.size() * sizeof(Element)};
}

// The lines of the index as a kind's own struct: id, units, checksum.
template <typename Recording>
std::vector<Recording> BlobRecordings(const std::vector<Blob>& blobs) {
  std::vector<Recording> recordings;
  recordings.reserve(blobs.size());
  for (const Blob& blob : blobs) {
    recordings.push_back({blob.id, blob.units, blob.checksum});
  }
  return recordings;
}

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_BLOBS_BLOB_INDEX_H_

// Reads a store of blobs, memory-mapped. blob_index.h describes the files.

#ifndef CULTUREMERT_DATASETS_BLOBS_BLOB_STORE_H_
#define CULTUREMERT_DATASETS_BLOBS_BLOB_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/blobs/blob_index.h"
#include "tools/base/files/files.h"

namespace culturemert {

// All functions may be called from several threads at once.
class BlobStore {
 public:
  // Checks the manifest, the index against its checksum, the size of the data;
  // the blobs themselves only Verify reads. `files` must outlive the store.
  // kFailedPrecondition for a store that is not finished or of another version,
  // kDataLoss or kInvalidArgument, naming the file, for a damaged one or one of
  // another kind.
  static absl::StatusOr<std::unique_ptr<BlobStore>> Open(
      Files& files, absl::string_view directory, const BlobKind& kind);

  const std::string& directory() const { return directory_; }
  const BlobFormat& format() const { return format_; }
  // Of all blobs.
  std::uint64_t units() const { return totals_.units; }
  // In the order of the index.
  const std::vector<Blob>& blobs() const { return blobs_; }
  // Which of blobs() has this id.
  std::optional<std::size_t> Find(absl::string_view id) const;

  // Those of blobs()[blob], without a copy, aligned for any element.
  absl::string_view Bytes(std::size_t blob) const;

  // Reads all blobs: kDataLoss names the first that differs from its checksum
  // or whose elements have a fault.
  absl::Status Verify() const;

 private:
  BlobStore(std::string directory, BlobManifest manifest)
      : directory_(std::move(directory)),
        format_(std::move(manifest.format)),
        totals_(*manifest.finished) {}

  absl::Status ReadIndex(Files& files);
  absl::Status MapData(Files& files);
  // What to do about a damaged store, for the end of a message.
  std::string Advice() const;

  const std::string directory_;
  const BlobFormat format_;
  const BlobTotals totals_;
  std::vector<Blob> blobs_;
  std::vector<std::uint64_t> first_units_;  // Of each, in the whole file.
  absl::flat_hash_map<absl::string_view, std::size_t> by_id_;
  std::unique_ptr<MappedFile> file_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_BLOBS_BLOB_STORE_H_

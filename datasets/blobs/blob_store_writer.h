// Writes a store of blobs, recording by recording; a crash at any moment loses
// no more than what was appended after the last Sync, and opening the store
// again goes on from there.

#ifndef CULTUREMERT_DATASETS_BLOBS_BLOB_STORE_WRITER_H_
#define CULTUREMERT_DATASETS_BLOBS_BLOB_STORE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/blobs/blob_index.h"
#include "tools/base/files/files.h"
#include "tools/base/formats/json_lines.h"

namespace culturemert {

// Order of writing: a manifest that says "not finished"; blobs, sync, lines of
// the index, sync; the manifest's end. So a line in the index has its blob.
// Not for several threads at once. After an error every later call returns it
// again; opening anew repairs the store.
class BlobStoreWriter {
 public:
  // Creates the directory, or opens the store in it to go on: finished or not.
  // Bytes that no line of the index tells of are removed, and lines without
  // their blobs. kUnavailable while another process writes it,
  // kFailedPrecondition for a store of another format, kDataLoss or
  // kInvalidArgument for damage that no crash explains. `files` must outlive
  // the writer.
  static absl::StatusOr<std::unique_ptr<BlobStoreWriter>> Open(
      Files& files, absl::string_view directory, BlobFormat format);

  // Whether the recording with this id is in the store.
  bool Contains(absl::string_view id) const {
    return ids_.contains(std::string(id));
  }
  const std::vector<Blob>& blobs() const { return blobs_; }

  // kInvalidArgument, and nothing is written, for an id that is empty, no UTF-8
  // or there already, a blob that is no whole number of units or none, or a
  // fault in its elements.
  absl::Status Append(absl::string_view id, absl::string_view blob);

  // What was appended so far survives a crash. Append does it by itself every
  // few megabytes.
  absl::Status Sync();

  // Sync, and the manifest. Nothing can be appended after it.
  absl::Status Finish();

 private:
  BlobStoreWriter(Files& files, std::string directory, BlobFormat format,
                  std::unique_ptr<FileLock> lock);

  std::string Path(absl::string_view name) const;
  absl::Status ReadManifest();
  absl::Status ReadIndex();
  absl::Status CutToMatch();
  absl::Status MarkUnfinished();
  absl::Status CheckNew(absl::string_view id, absl::string_view blob) const;
  absl::Status Write(absl::string_view id, absl::string_view blob);
  absl::Status SyncAll();
  absl::Status Close();
  absl::Status WriteManifest(const std::optional<BlobTotals>& finished);

  Files& files_;
  const std::string directory_;
  const BlobFormat format_;
  const std::unique_ptr<FileLock> lock_;
  std::vector<Blob> blobs_;
  absl::flat_hash_set<std::string> ids_;
  std::size_t indexed_ = 0;  // Of them, those with a line in the index.
  std::uint64_t unsynced_bytes_ = 0;
  std::unique_ptr<AppendableFile> data_;
  std::unique_ptr<JsonLinesWriter> index_;
  bool is_marked_finished_ = false;  // In the manifest on the disk.
  bool is_closed_ = false;           // By Finish.
  absl::Status status_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_BLOBS_BLOB_STORE_WRITER_H_

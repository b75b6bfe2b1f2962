// Writes a code store, recording by recording; a crash at any moment loses no
// more than what was appended after the last Sync, and opening the store again
// goes on from there.

#ifndef CULTUREMERT_DATASETS_CODES_CODE_STORE_WRITER_H_
#define CULTUREMERT_DATASETS_CODES_CODE_STORE_WRITER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/blobs/blob_index.h"
#include "datasets/blobs/blob_store_writer.h"
#include "datasets/codes/code_store.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Not for several threads at once. After an error every later call returns it
// again; opening anew repairs the store. BlobStoreWriter does the work.
class CodeStoreWriter {
 public:
  // Creates the directory, or opens the store in it to go on: finished or not.
  // kInvalidArgument for a format out of range; other errors are those of
  // BlobStoreWriter::Open. `files` must outlive the writer.
  static absl::StatusOr<std::unique_ptr<CodeStoreWriter>> Open(
      Files& files, absl::string_view directory, const CodeFormat& format);

  // Whether the recording with this id is in the store.
  bool Contains(absl::string_view id) const { return blobs_->Contains(id); }
  std::vector<CodedRecording> recordings() const {
    return BlobRecordings<CodedRecording>(blobs_->blobs());
  }

  // `codes` are [books, frames]. kInvalidArgument, and nothing is written, for
  // an id that is empty, no UTF-8 or there already, no frames, a length that is
  // no multiple of the books, or a code that is not in its book.
  absl::Status Append(absl::string_view id,
                      absl::Span<const std::uint16_t> codes) {
    return blobs_->Append(id, BlobBytes(codes));
  }

  // What was appended so far survives a crash. Append does it by itself every
  // few megabytes.
  absl::Status Sync() { return blobs_->Sync(); }

  // Sync, and the manifest. Nothing can be appended after it.
  absl::Status Finish() { return blobs_->Finish(); }

 private:
  explicit CodeStoreWriter(std::unique_ptr<BlobStoreWriter> blobs)
      : blobs_(std::move(blobs)) {}

  const std::unique_ptr<BlobStoreWriter> blobs_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CODES_CODE_STORE_WRITER_H_

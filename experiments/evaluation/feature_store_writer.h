// Writes a feature store, recording by recording; a crash at any moment loses
// no more than what was appended after the last Sync, and opening the store
// again goes on from there.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_WRITER_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_WRITER_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/blobs/blob_index.h"
#include "datasets/blobs/blob_store_writer.h"
#include "experiments/evaluation/feature_store.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Not for several threads at once. After an error every later call returns it
// again; opening anew repairs the store. BlobStoreWriter does the work.
class FeatureStoreWriter {
 public:
  // Creates the directory, or opens the store in it to go on: finished or not.
  // kInvalidArgument for a format out of range; other errors are those of
  // BlobStoreWriter::Open. `files` must outlive the writer.
  static absl::StatusOr<std::unique_ptr<FeatureStoreWriter>> Open(
      Files& files, absl::string_view directory, const FeatureFormat& format);

  // Whether the recording with this id is in the store.
  bool Contains(absl::string_view id) const { return blobs_->Contains(id); }
  std::vector<FeatureRecording> recordings() const {
    return BlobRecordings<FeatureRecording>(blobs_->blobs());
  }

  // `features` are [windows, states, state_size]. kInvalidArgument, and nothing
  // is written, for an id that is empty, no UTF-8 or there already, no windows,
  // a length that is no multiple of a window's, or what is no finite number.
  absl::Status Append(absl::string_view id, absl::Span<const float> features) {
    return blobs_->Append(id, BlobBytes(features));
  }

  // What was appended so far survives a crash. Append does it by itself every
  // few megabytes.
  absl::Status Sync() { return blobs_->Sync(); }

  // Sync, and the manifest. Nothing can be appended after it.
  absl::Status Finish() { return blobs_->Finish(); }

 private:
  explicit FeatureStoreWriter(std::unique_ptr<BlobStoreWriter> blobs)
      : blobs_(std::move(blobs)) {}

  const std::unique_ptr<BlobStoreWriter> blobs_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_WRITER_H_

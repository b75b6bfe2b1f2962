// Writes a PCM store, recording by recording; a crash at any moment loses no
// more than what was appended after the last Sync.
//
// Order of writing: samples, sync of the shard, lines of the index, sync of the
// index; the manifest last of all. So a line in the index always has its
// samples, and a store with a manifest is finished. What stands behind the last
// line's samples after a crash is removed when the store is opened again.

#ifndef CULTUREMERT_DATASETS_STORE_PCM_STORE_WRITER_H_
#define CULTUREMERT_DATASETS_STORE_PCM_STORE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/store/store_index.h"
#include "tools/base/files/files.h"
#include "tools/base/formats/json_lines.h"

namespace culturemert {

struct PcmStoreWriterOptions {
  // Of one shard; at most kMaxShardBytes.
  std::uint64_t max_shard_bytes = kMaxShardBytes;
  // Append syncs by itself when so many bytes have come since the last time.
  std::uint64_t sync_bytes = std::uint64_t{32} << 20;
};

// What Append is told beside the samples; see StoredRecording.
struct NewRecording {
  std::string id;
  std::string culture;
  std::string source;
  std::string decoder;
  std::uint64_t clipped_samples = 0;
};

// Not for several threads at once. After an error of Append, Sync or Finish
// every later call returns it again; opening the store anew repairs it.
class PcmStoreWriter {
 public:
  // Creates the directory, or opens the store in it to go on: finished or not.
  // kUnavailable while another process writes it, kDataLoss or kInvalidArgument
  // for damage that no crash explains. `files` must outlive the writer.
  static absl::StatusOr<std::unique_ptr<PcmStoreWriter>> Open(
      Files& files, absl::string_view directory,
      const PcmStoreWriterOptions& options = {});

  ~PcmStoreWriter();

  // All in the store, those of earlier runs first.
  const std::vector<StoredRecording>& recordings() const { return recordings_; }

  // The recording with this id, or null. Valid until the next Append.
  const StoredRecording* Find(absl::string_view id) const;

  // What Open found left over from a crash and removed; a sentence each.
  const std::vector<std::string>& repairs() const { return repairs_; }

  // kInvalidArgument, and nothing is written, for no samples, more than a shard
  // takes, text that is not UTF-8, or an id that is there; else file errors.
  absl::Status Append(const NewRecording& recording,
                      absl::Span<const std::int16_t> samples);

  // Everything appended so far survives a crash.
  absl::Status Sync();

  // Sync, and the manifest. Nothing can be appended afterwards.
  absl::Status Finish();

 private:
  PcmStoreWriter(Files& files, std::string directory,
                 const PcmStoreWriterOptions& options,
                 std::unique_ptr<FileLock> lock);

  // Opening, in this order; pcm_store_repair.cc.
  absl::Status ReadIndex();
  absl::Status CheckShards();
  absl::Status DropRecordings(std::size_t kept, absl::string_view reason);
  absl::Status RemoveRest();

  absl::Status CheckNew(const NewRecording& recording,
                        absl::Span<const std::int16_t> samples) const;
  absl::Status Write(const NewRecording& recording,
                     absl::Span<const std::int16_t> samples);
  // From then on the store is not finished, if it was.
  absl::Status RemoveManifest();
  absl::Status OpenShard();
  absl::Status SyncAll();
  absl::Status WriteManifest();
  std::string Path(absl::string_view name) const;

  Files& files_;
  const std::string directory_;
  const PcmStoreWriterOptions options_;
  const std::unique_ptr<FileLock> lock_;
  std::vector<StoredRecording> recordings_;
  absl::flat_hash_map<std::string, std::size_t> by_id_;
  std::vector<std::uint64_t> shard_samples_;
  std::vector<std::string> repairs_;
  std::unique_ptr<AppendableFile> shard_;  // The last one; null until needed.
  std::unique_ptr<JsonLinesWriter> index_;
  std::size_t indexed_ = 0;  // Recordings whose lines are in the index.
  std::uint64_t unsynced_bytes_ = 0;
  bool is_finished_ = false;
  absl::Status status_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_STORE_PCM_STORE_WRITER_H_

// TensorBoard event files: scalars over steps, for `tensorboard --logdir`.
//
// The format is TensorFlow's: records of the protocol buffer tensorflow.Event,
// each framed by its length and masked CRC-32C checksums
// (tensorflow/core/lib/io/record_writer.h, core/util/event.proto,
// core/framework/summary.proto). Only what scalars need of it is written:
//
//   event   { 1: double wall_time, 2: int64 step,
//             3: string file_version | 5: summary }
//   summary { 1: repeated value { 1: string tag, 2: float simple_value } }

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_EVENT_FILE_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_EVENT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"

namespace culturemert {

// The CRC-32C (Castagnoli) of `bytes`, RFC 3720.
std::uint32_t Crc32c(absl::string_view bytes);

// A record as it stands in the file: length, its checksum, `payload`, its
// checksum.
std::string FramedRecord(absl::string_view payload);

using ScalarValue = std::pair<std::string, double>;  // tag, value

// The bytes of an Event with scalars, not framed.
std::string EncodeScalarEvent(double wall_time_seconds, std::int64_t step,
                              absl::Span<const ScalarValue> scalars);

class EventFile {
 public:
  // Creates `events.out.tfevents.<second>.<suffix>` in `directory`, which must
  // exist; TensorBoard reads all such files of a directory together. `suffix`
  // tells the files of one second apart.
  static absl::StatusOr<std::unique_ptr<EventFile>> Create(
      Files& files, absl::string_view directory, double wall_time_seconds,
      absl::string_view suffix);

  // Written through to the system before it returns, not to the disk.
  absl::Status Append(double wall_time_seconds, std::int64_t step,
                      absl::Span<const ScalarValue> scalars);

  const std::string& path() const { return path_; }

 private:
  EventFile(std::string path, std::unique_ptr<AppendableFile> file)
      : path_(std::move(path)), file_(std::move(file)) {}

  const std::string path_;
  const std::unique_ptr<AppendableFile> file_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_EVENT_FILE_H_

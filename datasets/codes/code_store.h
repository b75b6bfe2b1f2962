// Reads a code store: what a tokenizer made of recordings, memory-mapped.
// code_index.h describes the files.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<CodeStore> codes,
//                    CodeStore::Open(files, "codes/makam"));
//   codes->Slice(recording, book, first_frame, frames)

#ifndef CULTUREMERT_DATASETS_CODES_CODE_STORE_H_
#define CULTUREMERT_DATASETS_CODES_CODE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/codes/code_index.h"
#include "tools/base/files/files.h"

namespace culturemert {

// All functions may be called from several threads at once.
class CodeStore {
 public:
  // Checks the manifest, the index against its checksum, the size of the codes'
  // file; the codes themselves only Verify reads. `files` must outlive the
  // store. kFailedPrecondition for a store that is not finished or of another
  // version, kDataLoss or kInvalidArgument, naming the file, for a damaged one.
  static absl::StatusOr<std::unique_ptr<CodeStore>> Open(
      Files& files, absl::string_view directory);

  const CodeFormat& format() const { return manifest_.format; }
  // In the order of the index.
  const std::vector<CodedRecording>& recordings() const { return recordings_; }
  // Which of recordings() has this id.
  std::optional<std::size_t> Find(absl::string_view id) const;

  // Codes [first_frame, first_frame + frames) of one book of
  // recordings()[recording], without a copy; they must be within it. Each is
  // below format().codes_per_book, or Verify would have said so: check what an
  // index is made of.
  absl::Span<const std::uint16_t> Slice(std::size_t recording, int book,
                                        std::uint64_t first_frame,
                                        std::uint64_t frames) const;

  // How many times each code of a book occurs in all recordings.
  std::vector<std::uint64_t> Histogram(int book) const;

  // Reads all codes: kDataLoss names the first recording that differs from its
  // checksum or has a code that is not in its book.
  absl::Status Verify() const;

 private:
  CodeStore(std::string directory, CodeManifest manifest)
      : directory_(std::move(directory)), manifest_(std::move(manifest)) {}

  absl::Status ReadIndex(Files& files);
  absl::Status MapCodes(Files& files);
  // All codes of a recording: [books, frames].
  absl::Span<const std::uint16_t> CodesOf(std::size_t recording) const;

  const std::string directory_;
  const CodeManifest manifest_;
  std::vector<CodedRecording> recordings_;
  std::vector<std::uint64_t> first_frames_;  // Of each, in the whole file.
  absl::flat_hash_map<absl::string_view, std::size_t> by_id_;
  std::unique_ptr<MappedFile> file_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CODES_CODE_STORE_H_

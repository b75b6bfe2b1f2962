// Reads a code store, memory-mapped: the codes a tokenizer gave to recordings,
// at 75 frames a second.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<CodeStore> codes,
//                    CodeStore::Open(files, "codes/makam"));
//   codes->Slice(recording, book, first_frame, frames)
//
// Its files (datasets/blobs/blob_index.h) are
//   codes.bin      uint16, recording after recording; of each, [books, frames]:
//                  all frames of book 0, then of book 1 ...
//   codes.jsonl    one line a recording: id, frames, checksum (XXH3-128)
//   manifest.json  version, books, codes_per_book, tokenizer; once the store
//                  is finished also recordings, frames, checksum of codes.jsonl

#ifndef CULTUREMERT_DATASETS_CODES_CODE_STORE_H_
#define CULTUREMERT_DATASETS_CODES_CODE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

struct BlobFormat;
class BlobStore;

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

// All functions may be called from several threads at once.
class CodeStore {
 public:
  // Checks the manifest, the index against its checksum, the size of the codes'
  // file; the codes themselves only Verify reads. `files` must outlive the
  // store. kFailedPrecondition for a store that is not finished or of another
  // version, kDataLoss or kInvalidArgument, naming the file, for a damaged one.
  static absl::StatusOr<std::unique_ptr<CodeStore>> Open(
      Files& files, absl::string_view directory);

  ~CodeStore();

  const CodeFormat& format() const { return format_; }
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
  explicit CodeStore(std::unique_ptr<const BlobStore> blobs);

  const std::unique_ptr<const BlobStore> blobs_;
  const CodeFormat format_;
  const std::vector<CodedRecording> recordings_;
};

// The same for blobs; CodeStoreWriter needs it.
BlobFormat ToBlobFormat(const CodeFormat& format);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CODES_CODE_STORE_H_

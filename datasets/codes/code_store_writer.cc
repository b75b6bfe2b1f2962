#include "datasets/codes/code_store_writer.h"

#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<std::unique_ptr<CodeStoreWriter>> CodeStoreWriter::Open(
    Files& files, absl::string_view directory, const CodeFormat& format) {
  if (format.books < 1 || format.books > 64 || format.codes_per_book < 2 ||
      format.codes_per_book > 65536) {
    return absl::InvalidArgumentError(absl::StrCat(
        directory, ": ", format.books, " books of ", format.codes_per_book,
        " codes; expected 1 to 64 books of 2 to 65536"));
  }
  ASSIGN_OR_RETURN(
      std::unique_ptr<BlobStoreWriter> blobs,
      BlobStoreWriter::Open(files, directory, ToBlobFormat(format)));
  return std::unique_ptr<CodeStoreWriter>(
      new CodeStoreWriter(std::move(blobs)));
}

}  // namespace culturemert

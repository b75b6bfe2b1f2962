#include "datasets/codes/code_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "datasets/blobs/blob_index.h"
#include "datasets/blobs/blob_store.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

CodeFormat ReadFormat(JsonFields& manifest) {
  CodeFormat format;
  format.books = static_cast<int>(manifest.Number("books", 1, 64));
  format.codes_per_book =
      static_cast<int>(manifest.Number("codes_per_book", 2, 65536));
  format.tokenizer = manifest.Text("tokenizer");
  return format;
}

// Turns ToBlobFormat round.
CodeFormat ToCodeFormat(const BlobFormat& format) {
  return {format.fields.at("books").get<int>(),
          format.fields.at("codes_per_book").get<int>(),
          format.fields.at("tokenizer").get<std::string>()};
}

constexpr BlobKind kCodeBlobs = {
    /*store=*/"code store",
    /*version=*/1,
    /*data_name=*/"codes.bin",
    /*index_name=*/"codes.jsonl",
    /*elements=*/"codes",
    /*element_bytes=*/sizeof(std::uint16_t),
    /*units=*/"frames",
    /*again=*/"tokenize again",
    [](JsonFields& manifest) { return ToBlobFormat(ReadFormat(manifest)); },
};

}  // namespace

BlobFormat ToBlobFormat(const CodeFormat& format) {
  BlobFormat blobs;
  blobs.kind = &kCodeBlobs;
  blobs.fields = {{"books", format.books},
                  {"codes_per_book", format.codes_per_book},
                  {"tokenizer", format.tokenizer}};
  blobs.unit_elements = format.books;
  blobs.unit = absl::StrCat("the ", format.books, " books");
  blobs.description = absl::StrCat(format.tokenizer, " (", format.books,
                                   " books of ", format.codes_per_book, ")");
  blobs.fault = [size = format.codes_per_book](absl::string_view blob) {
    const auto codes = BlobElements<std::uint16_t>(blob);
    const int largest = *std::max_element(codes.begin(), codes.end());
    if (largest < size) return std::string();
    return absl::StrCat("has the code ", largest, ", books have ", size);
  };
  return blobs;
}

absl::StatusOr<std::unique_ptr<CodeStore>> CodeStore::Open(
    Files& files, absl::string_view directory) {
  ASSIGN_OR_RETURN(std::unique_ptr<BlobStore> blobs,
                   BlobStore::Open(files, directory, kCodeBlobs));
  return std::unique_ptr<CodeStore>(new CodeStore(std::move(blobs)));
}

CodeStore::CodeStore(std::unique_ptr<const BlobStore> blobs)
    : blobs_(std::move(blobs)),
      format_(ToCodeFormat(blobs_->format())),
      recordings_(BlobRecordings<CodedRecording>(blobs_->blobs())) {}

CodeStore::~CodeStore() = default;

std::optional<std::size_t> CodeStore::Find(absl::string_view id) const {
  return blobs_->Find(id);
}

absl::Span<const std::uint16_t> CodeStore::Slice(std::size_t recording,
                                                 int book,
                                                 std::uint64_t first_frame,
                                                 std::uint64_t frames) const {
  return BlobElements<std::uint16_t>(blobs_->Bytes(recording))
      .subspan(recordings_[recording].frames * book + first_frame, frames);
}

std::vector<std::uint64_t> CodeStore::Histogram(int book) const {
  // Wide enough for any value of the file, be it in the book or not.
  std::vector<std::uint64_t> counts(65536);
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    for (const std::uint16_t code : Slice(i, book, 0, recordings_[i].frames)) {
      ++counts[code];
    }
  }
  counts.resize(format_.codes_per_book);
  return counts;
}

absl::Status CodeStore::Verify() const { return blobs_->Verify(); }

}  // namespace culturemert

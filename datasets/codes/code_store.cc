#include "datasets/codes/code_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "codes are read as they are in the file");

absl::string_view AsBytes(absl::Span<const std::uint16_t> codes) {
  return absl::string_view(reinterpret_cast<const char*>(codes.data()),
                           codes.size() * sizeof(std::uint16_t));
}

}  // namespace

absl::StatusOr<std::unique_ptr<CodeStore>> CodeStore::Open(
    Files& files, absl::string_view directory) {
  const std::string path = JoinPath(directory, kCodesManifestName);
  ASSIGN_OR_RETURN(const std::string text, files.Read(path));
  ASSIGN_OR_RETURN(CodeManifest manifest, ParseCodeManifest(text, path));
  if (!manifest.is_finished) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory,
                     ": its tokenizing was not finished; run it "
                     "again to go on"));
  }
  auto store = std::unique_ptr<CodeStore>(
      new CodeStore(std::string(directory), std::move(manifest)));
  RETURN_IF_ERROR(store->ReadIndex(files));
  RETURN_IF_ERROR(store->MapCodes(files));
  return store;
}

absl::Status CodeStore::ReadIndex(Files& files) {
  const std::string path = JoinPath(directory_, kCodesIndexName);
  ASSIGN_OR_RETURN(const Hash128 checksum, HashFile(files, path));
  if (checksum != manifest_.index_checksum) {
    return absl::DataLossError(
        absl::StrCat(path, ": damaged: its checksum is ", checksum.ToHex(),
                     ", expected ", manifest_.index_checksum.ToHex(),
                     "; remove the store, tokenize again"));
  }
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files, path));
  std::uint64_t frames = 0;
  recordings_.reserve(lines.records.size());
  for (std::size_t i = 0; i < lines.records.size(); ++i) {
    const std::string place = absl::StrCat(path, ":", i + 1);
    ASSIGN_OR_RETURN(CodedRecording recording,
                     ParseCodedRecording(lines.records[i], place));
    first_frames_.push_back(frames);
    frames += recording.frames;
    recordings_.push_back(std::move(recording));
  }
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    if (!by_id_.emplace(recordings_[i].id, i).second) {
      return absl::DataLossError(
          absl::StrCat(path, ":", i + 1, ": ",
                       QuoteForMessage(recordings_[i].id), " is there twice"));
    }
  }
  if (recordings_.size() != manifest_.recordings ||
      frames != manifest_.frames) {
    return absl::DataLossError(
        absl::StrCat(path, ": ", recordings_.size(), " recordings of ", frames,
                     " frames, the manifest says ", manifest_.recordings,
                     " of ", manifest_.frames));
  }
  return absl::OkStatus();
}

absl::Status CodeStore::MapCodes(Files& files) {
  const std::string path = JoinPath(directory_, kCodesName);
  ASSIGN_OR_RETURN(file_, files.Map(path));
  const std::uint64_t expected =
      manifest_.frames * manifest_.format.books * sizeof(std::uint16_t);
  if (file_->bytes().size() != expected) {
    return absl::DataLossError(absl::StrCat(
        path, ": holds ", file_->bytes().size(), " bytes, its recordings take ",
        expected, "; remove the store, tokenize again"));
  }
  return absl::OkStatus();
}

std::optional<std::size_t> CodeStore::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

absl::Span<const std::uint16_t> CodeStore::CodesOf(
    std::size_t recording) const {
  const auto* const codes =
      reinterpret_cast<const std::uint16_t*>(file_->bytes().data());
  const auto books = static_cast<std::uint64_t>(manifest_.format.books);
  return {codes + first_frames_[recording] * books,
          recordings_[recording].frames * books};
}

absl::Span<const std::uint16_t> CodeStore::Slice(std::size_t recording,
                                                 int book,
                                                 std::uint64_t first_frame,
                                                 std::uint64_t frames) const {
  return CodesOf(recording).subspan(
      recordings_[recording].frames * book + first_frame, frames);
}

std::vector<std::uint64_t> CodeStore::Histogram(int book) const {
  // Wide enough for any value of the file, be it in the book or not.
  std::vector<std::uint64_t> counts(65536);
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    for (const std::uint16_t code : Slice(i, book, 0, recordings_[i].frames)) {
      ++counts[code];
    }
  }
  counts.resize(manifest_.format.codes_per_book);
  return counts;
}

absl::Status CodeStore::Verify() const {
  const std::string path = JoinPath(directory_, kCodesName);
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    const absl::Span<const std::uint16_t> codes = CodesOf(i);
    const std::string place =
        absl::StrCat(path, ": ", QuoteForMessage(recordings_[i].id));
    if (HashBytes(AsBytes(codes)) != recordings_[i].checksum) {
      return absl::DataLossError(
          absl::StrCat(place,
                       " differs from its checksum; remove the store, tokenize "
                       "again"));
    }
    for (const std::uint16_t code : codes) {
      if (code >= manifest_.format.codes_per_book) {
        return absl::DataLossError(
            absl::StrCat(place, " has the code ", code, " in books of ",
                         manifest_.format.codes_per_book));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace culturemert

#include "models/weights/zip_reader.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/weights/byte_reader.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

constexpr std::uint32_t kLocalSignature = 0x04034B50;
constexpr std::uint32_t kCentralSignature = 0x02014B50;
constexpr std::uint32_t kEndSignature = 0x06054B50;
constexpr std::uint32_t kEnd64Signature = 0x06064B50;
constexpr std::uint32_t kLocator64Signature = 0x07064B50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocator64Bytes = 20;
constexpr std::uint16_t kZip64Field = 1;
// In fields too small for the value, which stands in the zip64 record instead.
constexpr std::uint16_t kElsewhere16 = 0xFFFF;
constexpr std::uint32_t kElsewhere32 = 0xFFFFFFFF;
constexpr std::uint16_t kEncryptedFlag = 1;
constexpr std::uint16_t kSizesBehindFlag = 1 << 3;

// Where the central directory is.
struct Directory {
  std::uint64_t num_entries = 0;
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
};

// What the central directory says of an entry.
struct CentralEntry {
  absl::string_view name;
  std::uint64_t header_begin = 0;
  std::uint64_t data_begin = 0;
  std::uint64_t size = 0;
};

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("malformed zip archive: ", what));
}

absl::Status AboutEntry(absl::StatusCode code, absl::string_view name,
                        absl::string_view what) {
  return absl::Status(
      code, absl::StrCat("zip entry ", QuoteForMessage(name), " ", what));
}

// The place of the end record, which a comment of up to 64 kB may follow.
absl::StatusOr<std::size_t> FindEnd(Bytes bytes) {
  constexpr std::size_t kLongestComment = 0xFFFF;
  for (std::size_t comment = 0;
       comment <= kLongestComment && comment + kEndBytes <= bytes.size();
       ++comment) {
    const std::size_t begin = bytes.size() - kEndBytes - comment;
    ByteReader reader(bytes.subspan(begin));
    std::uint32_t signature = 0;
    std::uint16_t comment_size = 0;
    reader.Read(&signature);
    if (signature != kEndSignature) continue;
    reader.Skip(kEndBytes - sizeof(signature) - sizeof(comment_size));
    reader.Read(&comment_size);
    if (comment_size == comment) return begin;
  }
  return absl::DataLossError(
      "the end of the zip archive is missing, the file was probably cut off; "
      "download it again");
}

// The zip64 record, if a locator in front of the end record points to one.
absl::StatusOr<bool> ReadEnd64(Bytes bytes, std::size_t end,
                               Directory* directory,
                               std::size_t* directory_limit) {
  if (end < kLocator64Bytes) return false;
  ByteReader locator(bytes.subspan(end - kLocator64Bytes, kLocator64Bytes));
  std::uint32_t signature = 0;
  std::uint32_t disk = 0;
  std::uint64_t begin = 0;
  locator.Read(&signature);
  locator.Read(&disk);
  locator.Read(&begin);
  if (signature != kLocator64Signature) return false;
  if (begin > end - kLocator64Bytes) {
    return Malformed("the zip64 record would lie behind its locator");
  }
  ByteReader record(bytes.subspan(begin, end - kLocator64Bytes - begin));
  std::uint64_t entries_here = 0;
  constexpr std::size_t kSizeAndVersionsAndDisks = 8 + 2 + 2 + 4 + 4;
  const bool is_whole =
      record.Read(&signature) && record.Skip(kSizeAndVersionsAndDisks) &&
      record.Read(&entries_here) && record.Read(&directory->num_entries) &&
      record.Read(&directory->size) && record.Read(&directory->begin);
  if (!is_whole || signature != kEnd64Signature) {
    return Malformed("there is no zip64 record where its locator points");
  }
  *directory_limit = begin;
  return true;
}

absl::StatusOr<Directory> FindDirectory(Bytes bytes) {
  ASSIGN_OR_RETURN(const std::size_t end, FindEnd(bytes));
  ByteReader reader(bytes.subspan(end));
  std::uint16_t disk = 0, directory_disk = 0, entries_here = 0, entries = 0;
  std::uint32_t size = 0, begin = 0;
  reader.Skip(sizeof(kEndSignature));
  reader.Read(&disk);
  reader.Read(&directory_disk);
  reader.Read(&entries_here);
  reader.Read(&entries);
  reader.Read(&size);
  reader.Read(&begin);
  Directory directory;
  std::size_t limit = end;
  ASSIGN_OR_RETURN(const bool is_zip64,
                   ReadEnd64(bytes, end, &directory, &limit));
  if (!is_zip64) directory = {entries, begin, size};
  if (disk != directory_disk || entries_here != entries ||
      (disk != 0 && disk != kElsewhere16)) {
    return absl::UnimplementedError(
        "zip archives in several parts are not supported");
  }
  const auto agree = [](std::uint64_t small, std::uint64_t elsewhere,
                        std::uint64_t large) {
    return small == elsewhere || small == large;
  };
  if (!agree(entries, kElsewhere16, directory.num_entries) ||
      !agree(size, kElsewhere32, directory.size) ||
      !agree(begin, kElsewhere32, directory.begin)) {
    return Malformed("its two end records disagree");
  }
  if (directory.begin > limit || directory.size != limit - directory.begin) {
    return Malformed(absl::StrCat(
        "the central directory should be ", directory.size, " bytes from ",
        directory.begin, ", but the end record is at ", limit));
  }
  return directory;
}

// Takes from the zip64 field those of the values that stand there.
absl::Status ReadZip64Field(Bytes extra, CentralEntry* entry,
                            std::uint64_t* stored_size) {
  ByteReader fields(extra);
  std::uint16_t id = 0;
  std::uint16_t size = 0;
  while (fields.Read(&id) && fields.Read(&size)) {
    const std::size_t begin = fields.position();
    if (!fields.Skip(size)) break;
    if (id != kZip64Field) continue;
    ByteReader field(extra.subspan(begin, size));
    for (std::uint64_t* value :
         {&entry->size, stored_size, &entry->header_begin}) {
      if (*value == kElsewhere32 && !field.Read(value)) {
        return AboutEntry(absl::StatusCode::kInvalidArgument, entry->name,
                          "lacks a size in its zip64 field");
      }
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status CheckMethod(absl::string_view name, std::uint16_t flags,
                         std::uint16_t method) {
  if ((flags & kEncryptedFlag) != 0) {
    return AboutEntry(absl::StatusCode::kUnimplemented, name, "is encrypted");
  }
  if (method != 0) {
    return AboutEntry(absl::StatusCode::kUnimplemented, name,
                      absl::StrCat("is compressed (method ", method,
                                   "), which torch.save never does; if this "
                                   "is a TorchScript program, load it with "
                                   "torch.jit.load and save its state_dict"));
  }
  return absl::OkStatus();
}

absl::StatusOr<CentralEntry> ReadCentralEntry(Bytes bytes, ByteReader* reader) {
  const absl::Status cut_off = Malformed("the central directory is cut off");
  std::uint32_t signature = 0, crc = 0, stored = 0, size = 0, begin = 0;
  std::uint16_t flags = 0, method = 0, name_size = 0, extra_size = 0,
                comment_size = 0;
  constexpr std::size_t kVersions = 4, kTimeAndDate = 4, kAttributes = 8;
  if (!reader->Read(&signature) || signature != kCentralSignature) {
    return Malformed("an entry of the central directory is missing");
  }
  CentralEntry entry;
  if (!reader->Skip(kVersions) || !reader->Read(&flags) ||
      !reader->Read(&method) || !reader->Skip(kTimeAndDate) ||
      !reader->Read(&crc) || !reader->Read(&stored) || !reader->Read(&size) ||
      !reader->Read(&name_size) || !reader->Read(&extra_size) ||
      !reader->Read(&comment_size) || !reader->Skip(kAttributes) ||
      !reader->Read(&begin) || !reader->ReadBytes(name_size, &entry.name)) {
    return cut_off;
  }
  const Bytes rest = bytes.subspan(reader->position());
  if (!reader->Skip(extra_size) || !reader->Skip(comment_size)) return cut_off;
  RETURN_IF_ERROR(CheckMethod(entry.name, flags, method));
  std::uint64_t stored_size = stored;
  entry.size = size;
  entry.header_begin = begin;
  RETURN_IF_ERROR(ReadZip64Field(rest.first(extra_size), &entry, &stored_size));
  if (stored_size != entry.size) {
    return AboutEntry(absl::StatusCode::kInvalidArgument, entry.name,
                      absl::StrCat("is stored, but in ", stored_size,
                                   " bytes instead of its ", entry.size));
  }
  return entry;
}

// Checks the header in front of the data and finds where they begin.
absl::Status ReadLocalHeader(Bytes files, CentralEntry* entry) {
  const auto error = [&](absl::string_view what) {
    return AboutEntry(absl::StatusCode::kInvalidArgument, entry->name, what);
  };
  if (entry->header_begin > files.size()) {
    return AboutEntry(absl::StatusCode::kDataLoss, entry->name,
                      "would begin behind the archive's files");
  }
  ByteReader reader(files.subspan(entry->header_begin));
  std::uint32_t signature = 0, crc = 0, stored = 0, size = 0;
  std::uint16_t flags = 0, method = 0, name_size = 0, extra_size = 0;
  constexpr std::size_t kVersion = 2, kTimeAndDate = 4;
  absl::string_view name;
  if (!reader.Read(&signature) || signature != kLocalSignature ||
      !reader.Skip(kVersion) || !reader.Read(&flags) || !reader.Read(&method) ||
      !reader.Skip(kTimeAndDate) || !reader.Read(&crc) ||
      !reader.Read(&stored) || !reader.Read(&size) ||
      !reader.Read(&name_size) || !reader.Read(&extra_size) ||
      !reader.ReadBytes(name_size, &name) || !reader.Skip(extra_size)) {
    return error("has no header of its own");
  }
  if (name != entry->name) {
    return error(absl::StrCat("is called ", QuoteForMessage(name),
                              " in its own header"));
  }
  RETURN_IF_ERROR(CheckMethod(name, flags, method));
  if ((flags & kSizesBehindFlag) == 0 && size != kElsewhere32 &&
      (size != entry->size || stored != entry->size)) {
    return error(absl::StrCat("has ", size, " bytes by its own header, but ",
                              entry->size, " by the central directory"));
  }
  if (reader.remaining() < entry->size) {
    return AboutEntry(
        absl::StatusCode::kDataLoss, entry->name,
        absl::StrCat("should have ", entry->size, " bytes, but only ",
                     reader.remaining(), " are there"));
  }
  entry->data_begin = entry->header_begin + reader.position();
  return absl::OkStatus();
}

absl::Status CheckOverlaps(std::vector<CentralEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const CentralEntry& a, const CentralEntry& b) {
              return a.header_begin < b.header_begin;
            });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const CentralEntry& before = entries[i - 1];
    if (entries[i].header_begin < before.data_begin + before.size) {
      return AboutEntry(
          absl::StatusCode::kInvalidArgument, entries[i].name,
          absl::StrCat("overlaps the entry ", QuoteForMessage(before.name)));
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const CentralEntry& a, const CentralEntry& b) {
              return a.name < b.name;
            });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].name == entries[i - 1].name) {
      return AboutEntry(absl::StatusCode::kInvalidArgument, entries[i].name,
                        "is there twice");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ZipEntry>> Parse(Bytes bytes) {
  ASSIGN_OR_RETURN(const Directory directory, FindDirectory(bytes));
  const Bytes central = bytes.subspan(directory.begin, directory.size);
  const Bytes files = bytes.first(directory.begin);
  std::vector<CentralEntry> entries;
  ByteReader reader(central);
  while (reader.remaining() > 0) {
    ASSIGN_OR_RETURN(CentralEntry entry, ReadCentralEntry(central, &reader));
    RETURN_IF_ERROR(ReadLocalHeader(files, &entry));
    entries.push_back(entry);
  }
  if (entries.size() != directory.num_entries) {
    return Malformed(absl::StrCat("the central directory holds ",
                                  entries.size(), " entries, but should have ",
                                  directory.num_entries));
  }
  RETURN_IF_ERROR(CheckOverlaps(entries));
  std::vector<ZipEntry> result;
  for (const CentralEntry& entry : entries) {
    result.push_back(
        {std::string(entry.name), bytes.subspan(entry.data_begin, entry.size)});
  }
  return result;
}

}  // namespace

absl::StatusOr<std::vector<ZipEntry>> ParseStoredZip(
    absl::Span<const std::uint8_t> bytes, absl::string_view source) {
  return Annotate(Parse(bytes), source);
}

}  // namespace culturemert

// Zip archives for tests: stored entries, with every field open to mistakes.

#ifndef CULTUREMERT_TESTS_MODELS_WEIGHTS_ZIP_WRITER_H_
#define CULTUREMERT_TESTS_MODELS_WEIGHTS_ZIP_WRITER_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace culturemert {

template <typename Number>
std::string LittleEndian(Number value) {
  std::string bytes(sizeof(value), '\0');
  std::memcpy(&bytes[0], &value, sizeof(value));
  return bytes;
}

struct ZipTestEntry {
  std::string name;
  std::string data;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  // What the headers say instead of the truth, where not empty.
  std::string local_name;
  std::int64_t stored_size = -1;
  std::int64_t size = -1;
  std::int64_t local_size = -1;
  std::int64_t header_begin = -1;
  // Sizes and place stand in a zip64 field.
  bool is_zip64 = false;
};

struct ZipTestOptions {
  bool has_zip64_record = false;
  int extra_entries = 0;  // announced, but not there
  std::uint16_t disk = 0;
  std::string comment;
};

inline std::string MakeZip(const std::vector<ZipTestEntry>& entries,
                           const ZipTestOptions& options = {}) {
  const auto or_else = [](std::int64_t value, std::uint64_t truth) {
    return value < 0 ? truth : static_cast<std::uint64_t>(value);
  };
  const std::string time_and_date(4, '\0');
  std::string zip;
  std::string directory;
  for (const ZipTestEntry& entry : entries) {
    const std::uint64_t begin = or_else(entry.header_begin, zip.size());
    const std::uint64_t size = or_else(entry.size, entry.data.size());
    const std::uint64_t stored = or_else(entry.stored_size, size);
    const std::string name =
        entry.local_name.empty() ? entry.name : entry.local_name;
    const auto local_size =
        static_cast<std::uint32_t>(or_else(entry.local_size, size));
    absl::StrAppend(&zip, "PK\x03\x04", LittleEndian<std::uint16_t>(45),
                    LittleEndian(entry.flags), LittleEndian(entry.method),
                    time_and_date, LittleEndian<std::uint32_t>(0),
                    LittleEndian(local_size), LittleEndian(local_size),
                    LittleEndian(static_cast<std::uint16_t>(name.size())),
                    LittleEndian<std::uint16_t>(0), name, entry.data);
    std::string extra;
    if (entry.is_zip64) {
      extra = absl::StrCat(LittleEndian<std::uint16_t>(1),
                           LittleEndian<std::uint16_t>(24), LittleEndian(size),
                           LittleEndian(stored), LittleEndian(begin));
    }
    const auto field = [&](std::uint64_t value) {
      return LittleEndian(entry.is_zip64 ? 0xFFFFFFFF
                                         : static_cast<std::uint32_t>(value));
    };
    absl::StrAppend(&directory, "PK\x01\x02", LittleEndian<std::uint32_t>(0),
                    LittleEndian(entry.flags), LittleEndian(entry.method),
                    time_and_date, LittleEndian<std::uint32_t>(0),
                    field(stored), field(size));
    absl::StrAppend(&directory,
                    LittleEndian(static_cast<std::uint16_t>(entry.name.size())),
                    LittleEndian(static_cast<std::uint16_t>(extra.size())),
                    LittleEndian<std::uint16_t>(0), std::string(8, '\0'),
                    field(begin), entry.name, extra);
  }
  const std::uint64_t directory_begin = zip.size();
  const std::uint64_t directory_size = directory.size();
  const std::uint64_t count = entries.size() + options.extra_entries;
  zip += directory;
  if (options.has_zip64_record) {
    const std::uint64_t record_begin = zip.size();
    absl::StrAppend(&zip, "PK\x06\x06", LittleEndian<std::uint64_t>(44),
                    std::string(12, '\0'), LittleEndian(count),
                    LittleEndian(count), LittleEndian(directory_size),
                    LittleEndian(directory_begin));
    absl::StrAppend(&zip, "PK\x06\x07", LittleEndian<std::uint32_t>(0),
                    LittleEndian(record_begin), LittleEndian<std::uint32_t>(1));
  }
  const auto small_count =
      static_cast<std::uint16_t>(options.has_zip64_record ? 0xFFFF : count);
  absl::StrAppend(&zip, "PK\x05\x06", LittleEndian(options.disk),
                  LittleEndian<std::uint16_t>(0), LittleEndian(small_count),
                  LittleEndian(small_count),
                  LittleEndian(static_cast<std::uint32_t>(directory_size)),
                  LittleEndian(static_cast<std::uint32_t>(directory_begin)));
  absl::StrAppend(
      &zip, LittleEndian(static_cast<std::uint16_t>(options.comment.size())),
      options.comment);
  return zip;
}

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_MODELS_WEIGHTS_ZIP_WRITER_H_

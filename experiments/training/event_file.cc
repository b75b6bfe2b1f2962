#include "experiments/training/event_file.h"

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Reflected polynomial of CRC-32C.
constexpr std::uint32_t kCastagnoli = 0x82f63b78;

constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kCastagnoli : 0);
    }
    table[byte] = crc;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = MakeTable();

// As the record format stores checksums, so that a checksum of data that holds
// checksums does not degenerate.
std::uint32_t MaskedCrc32c(absl::string_view bytes) {
  const std::uint32_t crc = Crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
}

template <typename T>
void AppendLittleEndian(T value, std::string& out) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

// Protocol buffers' encoding of integers.
void AppendVarint(std::uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void AppendTag(int field, WireType type, std::string& out) {
  AppendVarint(
      static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type),
      out);
}

void AppendBytes(int field, absl::string_view bytes, std::string& out) {
  AppendTag(field, WireType::kBytes, out);
  AppendVarint(bytes.size(), out);
  absl::StrAppend(&out, bytes);
}

std::string EventHead(double wall_time_seconds, std::int64_t step) {
  std::string event;
  AppendTag(1, WireType::kFixed64, event);
  AppendLittleEndian(wall_time_seconds, event);
  AppendTag(2, WireType::kVarint, event);
  AppendVarint(static_cast<std::uint64_t>(step), event);
  return event;
}

}  // namespace

std::uint32_t Crc32c(absl::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  }
  return ~crc;
}

std::string FramedRecord(absl::string_view payload) {
  std::string record;
  AppendLittleEndian(static_cast<std::uint64_t>(payload.size()), record);
  AppendLittleEndian(MaskedCrc32c(record), record);
  absl::StrAppend(&record, payload);
  AppendLittleEndian(MaskedCrc32c(payload), record);
  return record;
}

std::string EncodeScalarEvent(double wall_time_seconds, std::int64_t step,
                              absl::Span<const ScalarValue> scalars) {
  std::string summary;
  for (const auto& [tag, number] : scalars) {
    std::string value;
    AppendBytes(1, tag, value);
    AppendTag(2, WireType::kFixed32, value);
    AppendLittleEndian(static_cast<float>(number), value);
    AppendBytes(1, value, summary);
  }
  std::string event = EventHead(wall_time_seconds, step);
  AppendBytes(5, summary, event);
  return event;
}

absl::StatusOr<std::unique_ptr<EventFile>> EventFile::Create(
    Files& files, absl::string_view directory, double wall_time_seconds,
    absl::string_view suffix) {
  std::string path = JoinPath(
      directory,
      absl::StrCat("events.out.tfevents.",
                   static_cast<std::int64_t>(wall_time_seconds), ".", suffix));
  ASSIGN_OR_RETURN(std::unique_ptr<AppendableFile> file,
                   files.OpenToAppend(path));
  std::string version = EventHead(wall_time_seconds, 0);
  AppendBytes(3, "brain.Event:2", version);
  RETURN_IF_ERROR(file->Append(FramedRecord(version)));
  RETURN_IF_ERROR(file->Flush());
  return std::unique_ptr<EventFile>(
      new EventFile(std::move(path), std::move(file)));
}

absl::Status EventFile::Append(double wall_time_seconds, std::int64_t step,
                               absl::Span<const ScalarValue> scalars) {
  RETURN_IF_ERROR(file_->Append(
      FramedRecord(EncodeScalarEvent(wall_time_seconds, step, scalars))));
  return file_->Flush();
}

}  // namespace culturemert

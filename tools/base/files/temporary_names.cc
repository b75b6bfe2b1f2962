#include "tools/base/files/temporary_names.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/base/files/process_identity.h"

namespace culturemert {
namespace {

constexpr std::size_t kMaxTargetNameBytes = 100;
constexpr absl::string_view kSuffix = ".tmp";

// FNV-1a, whose value, unlike absl::Hash's, is the same in every process.
std::string HashOf(absl::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

std::string PlaceOf(const ProcessIdentity& process) {
  return HashOf(absl::StrCat(process.host, "\n", process.pid_namespace));
}

struct Writer {
  absl::string_view place;
  absl::string_view boot;
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
};

bool IsHash(absl::string_view text) {
  if (text.size() != 16) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c) && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

// Decimal digits without sign, space or needless zero.
template <typename Number>
bool ParseNumber(absl::string_view text, Number* number) {
  return absl::SimpleAtoi(text, number) && absl::StrCat(*number) == text;
}

std::optional<Writer> ParseName(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, ".") ||
      !absl::ConsumeSuffix(&name, kSuffix)) {
    return std::nullopt;
  }
  const std::size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos) return std::nullopt;
  const std::vector<absl::string_view> parts =
      absl::StrSplit(name.substr(dot + 1), '-');
  if (parts.size() != 5) return std::nullopt;
  Writer writer{parts[0], parts[1], 0, 0};
  std::uint64_t number = 0;
  if (!IsHash(writer.place) || !IsHash(writer.boot) ||
      !ParseNumber(parts[2], &writer.pid) ||
      !ParseNumber(parts[3], &writer.start_ticks) ||
      !ParseNumber(parts[4], &number)) {
    return std::nullopt;
  }
  return writer;
}

}  // namespace

std::string TemporaryName(absl::string_view target_name,
                          const ProcessIdentity& writer, std::uint64_t number) {
  return absl::StrCat(".", target_name.substr(0, kMaxTargetNameBytes), ".",
                      PlaceOf(writer), "-", HashOf(writer.boot), "-",
                      writer.pid, "-", writer.start_ticks, "-", number,
                      kSuffix);
}

bool IsTemporaryName(absl::string_view name) {
  return ParseName(name).has_value();
}

bool IsStaleTemporaryName(SystemCalls& calls, absl::string_view name) {
  const std::optional<Writer> writer = ParseName(name);
  if (!writer.has_value()) return false;
  ProcessIdentity process = calls.ThisProcess();
  if (PlaceOf(process) != writer->place) return false;
  if (HashOf(process.boot) != writer->boot) {
    process.boot = std::string(writer->boot);
  }
  process.pid = writer->pid;
  process.start_ticks = writer->start_ticks;
  return IsKnownDead(calls, process);
}

}  // namespace culturemert

#include "tools/base/hash/hash.h"

#include <cstddef>
#include <new>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"
#include "xxhash.h"

namespace culturemert {
namespace {

constexpr std::size_t kHexDigits = 32;

Hash128 FromXxh(const XXH128_hash_t& hash) {
  return Hash128{hash.high64, hash.low64};
}

absl::string_view AsText(absl::Span<const std::uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}

// The value of a lower-case hexadecimal digit; -1 for other characters.
int DigitValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

absl::Status NotAHash(absl::string_view hex, absl::string_view found) {
  constexpr std::size_t kShown = 40;
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", absl::CHexEscape(hex.substr(0, kShown)),
      hex.size() > kShown ? "..." : "", "\" is not a hash: ", found,
      "; expected ", kHexDigits, " lower-case hexadecimal digits"));
}

}  // namespace

absl::StatusOr<Hash128> Hash128::FromHex(absl::string_view hex) {
  if (hex.size() != kHexDigits) {
    return NotAHash(hex, absl::StrCat("it has ", hex.size(), " characters"));
  }
  std::uint64_t halves[2] = {0, 0};
  for (std::size_t i = 0; i < kHexDigits; ++i) {
    const int value = DigitValue(hex[i]);
    if (value < 0) {
      return NotAHash(hex,
                      absl::StrCat("character ", i + 1, " is '",
                                   absl::CHexEscape(hex.substr(i, 1)), "'"));
    }
    std::uint64_t& half = halves[i / 16];
    half = half << 4 | static_cast<std::uint64_t>(value);
  }
  return Hash128{halves[0], halves[1]};
}

std::string Hash128::ToHex() const {
  return absl::StrCat(absl::Hex(high, absl::kZeroPad16),
                      absl::Hex(low, absl::kZeroPad16));
}

Hash128 HashBytes(absl::string_view bytes) {
  return FromXxh(XXH3_128bits(bytes.data(), bytes.size()));
}

Hash128 HashBytes(absl::Span<const std::uint8_t> bytes) {
  return HashBytes(AsText(bytes));
}

struct Hasher::State {
  State() : xxh(XXH3_createState()) {
    if (xxh == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(xxh);
  }
  ~State() { XXH3_freeState(xxh); }

  XXH3_state_t* const xxh;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {}
Hasher::~Hasher() = default;

void Hasher::Update(absl::string_view bytes) {
  if (bytes.empty()) return;
  XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size());
}

void Hasher::Update(absl::Span<const std::uint8_t> bytes) {
  Update(AsText(bytes));
}

void Hasher::UpdateField(absl::string_view field) {
  const std::uint64_t size = field.size();
  std::uint8_t size_bytes[8];
  for (int i = 0; i < 8; ++i) {
    size_bytes[i] = static_cast<std::uint8_t>(size >> (8 * i));
  }
  Update(absl::MakeConstSpan(size_bytes));
  Update(field);
}

Hash128 Hasher::Digest() const {
  return FromXxh(XXH3_128bits_digest(state_->xxh));
}

absl::StatusOr<Hash128> HashFile(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file,
                   files.Map(path, MapAccess::kSequential));
  return HashBytes(file->bytes());
}

}  // namespace culturemert

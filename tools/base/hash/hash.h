// 128-bit content hashes: XXH3-128 with seed 0, of xxHash 0.8 or later, whose
// results no longer change between versions and machines. `xxhsum -H2` prints
// the same for the same bytes. Good against accident, not against forgery.

#ifndef CULTUREMERT_TOOLS_BASE_HASH_HASH_H_
#define CULTUREMERT_TOOLS_BASE_HASH_HASH_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"

namespace culturemert {

// A hash value, ordered as the number high * 2^64 + low.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  // Exactly 32 lower-case hexadecimal digits, the highest first, as ToHex
  // prints; all else is kInvalidArgument.
  static absl::StatusOr<Hash128> FromHex(absl::string_view hex);

  // XXH's canonical form, as "99aa06d3014798d86001c324468d497f".
  std::string ToHex() const;

  friend bool operator==(const Hash128& a, const Hash128& b) {
    return a.high == b.high && a.low == b.low;
  }
  friend bool operator!=(const Hash128& a, const Hash128& b) {
    return !(a == b);
  }
  friend bool operator<(const Hash128& a, const Hash128& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
  friend bool operator>(const Hash128& a, const Hash128& b) { return b < a; }
  friend bool operator<=(const Hash128& a, const Hash128& b) {
    return !(b < a);
  }
  friend bool operator>=(const Hash128& a, const Hash128& b) {
    return !(a < b);
  }
  template <typename H>
  friend H AbslHashValue(H state, const Hash128& hash) {
    return H::combine(std::move(state), hash.high, hash.low);
  }
  friend std::ostream& operator<<(std::ostream& out, const Hash128& hash) {
    return out << hash.ToHex();
  }
};

// The hash of all bytes at once.
Hash128 HashBytes(absl::string_view bytes);
Hash128 HashBytes(absl::Span<const std::uint8_t> bytes);

// The hash of bytes that come piece by piece; where one piece ends and the next
// begins makes no difference. Not safe to use from two threads at once.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void Update(absl::string_view bytes);
  void Update(absl::Span<const std::uint8_t> bytes);

  // Adds the size of `field` (8 bytes, little-endian) and then `field`, so that
  // the fields "ab", "c" hash unlike "a", "bc".
  void UpdateField(absl::string_view field);

  // Of all bytes so far; more may follow.
  Hash128 Digest() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

// The hash of a file's bytes, read through a mapping. The errors are those of
// Files::Map and name the path.
absl::StatusOr<Hash128> HashFile(Files& files, absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_HASH_HASH_H_

#include "tools/base/hash/hash.h"

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kEmptyHex[] = "99aa06d3014798d86001c324468d497f";

std::string Pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(i * i + (i >> 8) * 7 + 3);
  }
  return bytes;
}

struct Golden {
  std::size_t size;
  absl::string_view hex;
};

// As `xxhsum -H2` 0.8.1 prints for Pattern(size); the sizes are those at which
// XXH3 changes its way of working, and one above its stream buffer.
constexpr Golden kGolden[] = {
    {0, kEmptyHex},
    {1, "22bbb76b211a39ba13e608bc156defed"},
    {3, "789810f12bec0c5607386a27d0142ded"},
    {4, "db266b0f3194df14982dd2e3011e5182"},
    {8, "f24d2d0f24e2e33e60f19aebaa7227e5"},
    {9, "cfd2a7a1c70bc9f9dd3fb9ecad10e233"},
    {16, "524f7bf75506ec8d3b6e65fa205dc102"},
    {17, "7de732ce9f42155fe0d5282a8cae42fe"},
    {128, "0262399bfec22500a3d630aa14edc610"},
    {129, "7c9be2e559a1abfb97007dbac879529c"},
    {240, "750c76d2181d035e56036688d5b253dc"},
    {241, "a2a904a1d7c10895682523a7022a0f2a"},
    {256, "8d3155610666bed66cf0e17f8c7ba9b0"},
    {1024, "a2872398d6e72975b3f230df14b1a249"},
    {1025, "513f462a4794fc7cc8b59ee74dcb617f"},
    {65536, "903251f27a0f2fcd7e8da30ee4bac400"},
    {1000003, "89fa1bfee11faea6d4ee028a0d751683"},
};

TEST(HashBytesTest, GivesWhatXxhsumPrints) {
  EXPECT_EQ(HashBytes("abc").ToHex(), "06b05ab6733a618578af5f94892f3950");
  for (const Golden& golden : kGolden) {
    const std::string bytes = Pattern(golden.size);
    EXPECT_EQ(HashBytes(bytes).ToHex(), golden.hex) << golden.size;
    const std::vector<std::uint8_t> same(bytes.begin(), bytes.end());
    EXPECT_EQ(HashBytes(same).ToHex(), golden.hex) << golden.size;
  }
}

TEST(HashBytesTest, TakesEmptyViews) {
  EXPECT_EQ(HashBytes(absl::string_view()).ToHex(), kEmptyHex);
  EXPECT_EQ(HashBytes(absl::Span<const std::uint8_t>()).ToHex(), kEmptyHex);
}

TEST(HasherTest, DoesNotDependOnWhereThePiecesEnd) {
  for (const Golden& golden : kGolden) {
    const std::string bytes = Pattern(golden.size);
    for (const std::size_t piece : {1, 7, 255, 256, 257, 100000}) {
      if (bytes.size() / piece > 100000) continue;
      Hasher hasher;
      for (std::size_t i = 0; i < bytes.size(); i += piece) {
        hasher.Update(absl::string_view(bytes).substr(i, piece));
      }
      EXPECT_EQ(hasher.Digest().ToHex(), golden.hex)
          << golden.size << " by " << piece;
    }
  }
}

TEST(HasherTest, GoesOnAfterADigest) {
  Hasher hasher;
  EXPECT_EQ(hasher.Digest().ToHex(), kEmptyHex);
  hasher.Update("a");
  EXPECT_EQ(hasher.Digest(), HashBytes("a"));
  EXPECT_EQ(hasher.Digest(), HashBytes("a"));
  hasher.Update(absl::string_view());
  const std::vector<std::uint8_t> rest = {'b', 'c'};
  hasher.Update(rest);
  EXPECT_EQ(hasher.Digest(), HashBytes("abc"));
}

TEST(HasherTest, TellsFieldsApart) {
  Hasher one, two;
  one.UpdateField("ab");
  one.UpdateField("c");
  two.UpdateField("a");
  two.UpdateField("bc");
  EXPECT_NE(one.Digest(), two.Digest());
  EXPECT_EQ(one.Digest().ToHex(), "f2eda2708bcfd51cc05c0ee4c9f60440");
}

TEST(Hash128Test, ReadsTheHexItPrints) {
  for (const Golden& golden : kGolden) {
    const Hash128 hash = HashBytes(Pattern(golden.size));
    EXPECT_THAT(Hash128::FromHex(hash.ToHex()), IsOkAndHolds(hash));
  }
  const Hash128 hash = {0x0123456789abcdef, 0x00000000000000f0};
  EXPECT_EQ(hash.ToHex(), "0123456789abcdef00000000000000f0");
  EXPECT_THAT(Hash128::FromHex(hash.ToHex()), IsOkAndHolds(hash));
}

TEST(Hash128Test, RefusesEveryOtherLength) {
  const std::string digits(100, 'a');
  for (std::size_t size = 0; size <= digits.size(); ++size) {
    if (size == 32) continue;
    EXPECT_THAT(
        Hash128::FromHex(digits.substr(0, size)),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(HasSubstr(absl::StrCat("it has ", size, " characters")),
                       HasSubstr("expected 32 lower-case hexadecimal"))));
  }
}

TEST(Hash128Test, RefusesEveryCharacterThatIsNoLowerCaseDigit) {
  for (int character = 0; character < 256; ++character) {
    for (std::size_t place = 0; place < 32; ++place) {
      std::string hex = kEmptyHex;
      hex[place] = static_cast<char>(character);
      const bool good =
          absl::StrContains("0123456789abcdef", hex.substr(place, 1));
      if (good) {
        EXPECT_THAT(Hash128::FromHex(hex), IsOk());
      } else {
        EXPECT_THAT(Hash128::FromHex(hex),
                    StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr(absl::StrCat("character ", place + 1,
                                                    " is '"))));
      }
    }
  }
}

TEST(Hash128Test, ShowsNoRawBytesInItsErrors) {
  EXPECT_THAT(Hash128::FromHex("\x1b[31m"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"\\x1b[31m\" is not a hash: it has 5 characters; "
                       "expected 32 lower-case hexadecimal digits"));
}

TEST(Hash128Test, IsOrderedAsANumber) {
  const std::vector<Hash128> ascending = {{0, 0}, {0, 1}, {0, ~0ull},
                                          {1, 0}, {1, 5}, {~0ull, 0}};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      const Hash128 &a = ascending[i], &b = ascending[j];
      EXPECT_EQ(a == b, i == j);
      EXPECT_EQ(a != b, i != j);
      EXPECT_EQ(a < b, i < j);
      EXPECT_EQ(a > b, i > j);
      EXPECT_EQ(a <= b, i <= j);
      EXPECT_EQ(a >= b, i >= j);
      EXPECT_EQ(a < b, a.ToHex() < b.ToHex());
    }
  }
}

TEST(Hash128Test, IsAKeyAndPrintsAsHex) {
  absl::flat_hash_set<Hash128> set = {HashBytes("a"), HashBytes("b"),
                                      HashBytes("a")};
  EXPECT_EQ(set.size(), 2);
  std::ostringstream out;
  out << HashBytes("");
  EXPECT_EQ(out.str(), kEmptyHex);
}

TEST(HashFileTest, HashesTheBytesOfAFile) {
  MemoryFiles files;
  for (const Golden& golden : kGolden) {
    ASSERT_THAT(files.WriteAtomically("/a", Pattern(golden.size)), IsOk());
    const auto hash = HashFile(files, "/a");
    ASSERT_THAT(hash, IsOk());
    EXPECT_EQ(hash->ToHex(), golden.hex);
  }
}

TEST(HashFileTest, NamesTheFileItCannotRead) {
  MemoryFiles files;
  EXPECT_THAT(HashFile(files, "/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
}

}  // namespace
}  // namespace culturemert

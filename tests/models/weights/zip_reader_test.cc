#include "models/weights/zip_reader.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/weights/zip_writer.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const auto kInvalid = absl::StatusCode::kInvalidArgument;
const auto kLoss = absl::StatusCode::kDataLoss;
const auto kUnimplemented = absl::StatusCode::kUnimplemented;

absl::StatusOr<std::vector<ZipEntry>> Parse(absl::string_view zip) {
  return ParseStoredZip(
      absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(zip.data()),
                          zip.size()),
      "a.zip");
}

std::string DataOf(const ZipEntry& entry) {
  return std::string(entry.data.begin(), entry.data.end());
}

ZipTestEntry Entry(const std::string& name, const std::string& data) {
  ZipTestEntry entry;
  entry.name = name;
  entry.data = data;
  return entry;
}

TEST(ZipReaderTest, FindsTheEntriesWhereTheyLie) {
  const std::string zip = MakeZip({Entry("b", "12345"), Entry("a", "")});
  const auto entries = Parse(zip);
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->size(), 2);
  EXPECT_EQ((*entries)[0].name, "b");
  EXPECT_EQ(DataOf((*entries)[0]), "12345");
  EXPECT_EQ(reinterpret_cast<const char*>((*entries)[0].data.data()),
            zip.data() + zip.find("12345"));
  EXPECT_THAT((*entries)[1].data, IsEmpty());
}

TEST(ZipReaderTest, UnderstandsZip64AndComments) {
  ZipTestEntry entry = Entry("a", "123");
  entry.is_zip64 = true;
  ZipTestOptions options;
  options.has_zip64_record = true;
  options.comment = "PK\x05\x06 a comment";
  const std::string zip = MakeZip({entry}, options);
  const auto entries = Parse(zip);
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ(DataOf((*entries)[0]), "123");
}

TEST(ZipReaderTest, SizesMayStandBehindTheData) {
  ZipTestEntry entry = Entry("a", "123");
  entry.flags = 1 << 3;
  entry.local_size = 0;
  EXPECT_THAT(Parse(MakeZip({entry})), IsOk());
}

TEST(ZipReaderTest, AnArchiveCutOffAnywhereIsRefused) {
  ZipTestOptions options;
  options.has_zip64_record = true;
  const std::string zip =
      MakeZip({Entry("a", "123"), Entry("b", "4")}, options);
  ASSERT_THAT(Parse(zip), IsOk());
  for (std::size_t size = 0; size < zip.size(); ++size) {
    EXPECT_THAT(Parse(absl::string_view(zip).substr(0, size)),
                StatusIs(kLoss, HasSubstr("cut off")))
        << size;
  }
}

TEST(ZipReaderTest, AnArchiveWithAnyByteChangedIsReadInBoundsOrRefused) {
  ZipTestOptions options;
  options.has_zip64_record = true;
  const std::string zip =
      MakeZip({Entry("a", "123"), Entry("b", "4")}, options);
  int refused = 0;
  for (std::size_t i = 0; i < zip.size(); ++i) {
    for (const char change : {'\x01', '\x80', '\xFF'}) {
      std::string changed = zip;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const auto entries = Parse(changed);
      if (!entries.ok()) {
        ++refused;
        continue;
      }
      for (const ZipEntry& entry : *entries) {
        EXPECT_GE(reinterpret_cast<const char*>(entry.data.data()),
                  changed.data());
        EXPECT_LE(reinterpret_cast<const char*>(entry.data.end()),
                  changed.data() + changed.size());
      }
    }
  }
  EXPECT_GT(refused, 100);
}

struct Defect {
  const char* name;
  std::string zip;
  absl::StatusCode code;
  const char* message;
};

std::vector<Defect> Defects() {
  const auto with = [](auto change) {
    ZipTestEntry entry = Entry("a", "123");
    change(&entry);
    return MakeZip({Entry("first", "0"), entry});
  };
  ZipTestOptions several, missing;
  several.disk = 1;
  missing.extra_entries = 1;
  std::string moved_end = MakeZip({Entry("a", "123")});
  moved_end.insert(moved_end.size() - 22, "x");
  return {
      {"Empty", "", kLoss, "end of the zip archive is missing"},
      {"Encrypted", with([](ZipTestEntry* e) { e->flags = 1; }), kUnimplemented,
       "zip entry \"a\" is encrypted"},
      {"Compressed", with([](ZipTestEntry* e) { e->method = 8; }),
       kUnimplemented, "zip entry \"a\" is compressed (method 8)"},
      {"StoredInAnotherSize", with([](ZipTestEntry* e) { e->stored_size = 2; }),
       kInvalid, "in 2 bytes instead of its 3"},
      {"OtherLocalName", with([](ZipTestEntry* e) { e->local_name = "b"; }),
       kInvalid, "is called \"b\" in its own header"},
      {"OtherLocalSize", with([](ZipTestEntry* e) { e->local_size = 2; }),
       kInvalid, "has 2 bytes by its own header, but 3"},
      {"BeginsBehindTheFiles",
       with([](ZipTestEntry* e) { e->header_begin = 100000; }), kLoss,
       "would begin behind the archive's files"},
      {"NoLocalHeader", with([](ZipTestEntry* e) { e->header_begin = 1; }),
       kInvalid, "has no header of its own"},
      {"TooLarge", with([](ZipTestEntry* e) { e->size = 1000; }), kLoss,
       "should have 1000 bytes, but only"},
      {"NameTwice", MakeZip({Entry("a", ""), Entry("a", "")}), kInvalid,
       "\"a\" is there twice"},
      {"Overlap",
       [] {
         ZipTestEntry entry = Entry("a", "PK");
         entry.size = 3;
         return MakeZip({entry, Entry("b", "")});
       }(),
       kInvalid, "\"b\" overlaps the entry \"a\""},
      {"SeveralParts", MakeZip({}, several), kUnimplemented, "several parts"},
      {"EntryMissing", MakeZip({Entry("a", "")}, missing), kInvalid,
       "holds 1 entries, but should have 2"},
      {"EndMoved", moved_end, kInvalid, "but the end record is at"},
  };
}

class DefectTest : public testing::TestWithParam<Defect> {};

TEST_P(DefectTest, IsRefusedWithItsOwnMessage) {
  EXPECT_THAT(Parse(GetParam().zip),
              StatusIs(GetParam().code, AllOf(StartsWith("a.zip: "),
                                              HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(ZipReaderTest, DefectTest,
                         testing::ValuesIn(Defects()), [](const auto& info) {
                           return std::string(info.param.name);
                         });

}  // namespace
}  // namespace culturemert

#include "models/weights/safetensors_header.h"

#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

absl::Span<const std::uint8_t> Bytes(absl::string_view text) {
  return absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(text.data()),
                             text.size());
}

std::string Length(std::uint64_t length) {
  std::string bytes(sizeof(length), '\0');
  std::memcpy(&bytes[0], &length, sizeof(length));
  return bytes;
}

std::string File(absl::string_view header, std::size_t data_bytes = 0) {
  return absl::StrCat(Length(header.size()), header,
                      std::string(data_bytes, '\0'));
}

absl::StatusOr<SafetensorsHeader> Parse(absl::string_view file) {
  return ParseSafetensorsHeader(Bytes(file), "a.safetensors");
}

// The file of one tensor "w" described by `description`.
std::string OneTensor(absl::string_view description, std::size_t data_bytes) {
  return File(absl::StrCat("{\"w\":", description, "}"), data_bytes);
}

TEST(SafetensorsHeaderTest, TellsTypesShapesPlacesAndMetadata) {
  const auto header =
      Parse(File("{\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":"
                 "[3,11]},\"__metadata__\":{\"format\":\"pt\"},\"a\":{"
                 "\"shape\":[3],\"dtype\":\"U8\",\"data_offsets\":[0,3]}}  ",
                 11));
  ASSERT_THAT(header, IsOk());
  ASSERT_EQ(header->entries.size(), 2);
  EXPECT_EQ(header->entries[0].name, "a");
  EXPECT_EQ(header->entries[0].type, ElementType::kUint8);
  EXPECT_EQ(header->entries[1].name, "b");
  EXPECT_THAT(header->entries[1].shape, ElementsAre(2, 1));
  EXPECT_EQ(header->entries[1].begin_bytes, 3);
  EXPECT_EQ(header->entries[1].end_bytes, 11);
  EXPECT_THAT(header->metadata, ElementsAre(Pair("format", "pt")));
}

TEST(SafetensorsHeaderTest, AFileWithoutTensorsIsFine) {
  const auto header = Parse(File("{}      "));
  ASSERT_THAT(header, IsOk());
  EXPECT_THAT(header->entries, IsEmpty());
  EXPECT_EQ(header->data_offset_bytes, 16);
}

TEST(SafetensorsHeaderTest, ScalarsAndEmptyTensorsShareTheirPlaces) {
  const auto header = Parse(
      File("{\"s\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
           "\"f\":{\"dtype\":\"F64\",\"shape\":[0,7],\"data_offsets\":[0,0]},"
           "\"e\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":[0,0]}}",
           8));
  ASSERT_THAT(header, IsOk());
  ASSERT_EQ(header->entries.size(), 3);
  EXPECT_EQ(header->entries[0].name, "e");
  EXPECT_EQ(header->entries[1].name, "f");
  EXPECT_EQ(header->entries[2].name, "s");
}

struct Defect {
  const char* name;
  std::string file;
  absl::StatusCode code;
  const char* message;
};

const auto kInvalid = absl::StatusCode::kInvalidArgument;
const auto kLoss = absl::StatusCode::kDataLoss;

std::vector<Defect> Defects() {
  return {
      {"NoLength", "1234567", kLoss, "at least 8 bytes, found 7"},
      {"HeaderTooLong", Length(100'000'001) + "{}", kInvalid,
       "100000001 bytes, is above the allowed 100000000"},
      {"HeaderCutOff", Length(10) + "{}", kLoss,
       "should have 10 bytes, but only 2"},
      {"HeaderEmpty", File(""), kInvalid, "must begin with \"{\""},
      {"SpaceInFront", File(" {}"), kInvalid, "must begin with \"{\""},
      {"NotJson", File("{a}"), kInvalid, "header:1:2"},
      {"TextBehindTheObject", File("{}{}"), kInvalid, "header:1:3"},
      {"NotUtf8", File("{\"\xFF\":1}"), kInvalid, "not UTF-8"},
      {"NameTwice",
       File("{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            "\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
            2),
       kInvalid, "the key appears twice"},
      {"NestedDeeper", OneTensor("{\"shape\":[[1]]}", 0), kInvalid,
       "nested deeper"},
      {"NoObject", OneTensor("[1]", 0), kInvalid,
       "tensor \"w\": must be an object"},
      {"NoType", OneTensor("{\"shape\":[1],\"data_offsets\":[0,1]}", 1),
       kInvalid, "tensor \"w\": has no \"dtype\""},
      {"NoShape", OneTensor("{\"dtype\":\"U8\",\"data_offsets\":[0,1]}", 1),
       kInvalid, "tensor \"w\": has no \"shape\""},
      {"NoOffsets", OneTensor("{\"dtype\":\"U8\",\"shape\":[1]}", 1), kInvalid,
       "tensor \"w\": has no \"data_offsets\""},
      {"UnknownKey",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],"
                 "\"stride\":1}",
                 1),
       kInvalid, "tensor \"w\": unknown key \"stride\""},
      {"UnknownType",
       OneTensor("{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}", 4),
       kInvalid, "unknown dtype \"\\\"F31\\\"\", expected one of BOOL, U8"},
      {"TypeIsANumber",
       OneTensor("{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}", 4),
       kInvalid, "unknown dtype \"32\""},
      {"ShapeIsANumber",
       OneTensor("{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}", 1),
       kInvalid, "shape must be a list"},
      {"DimensionIsNegative",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}", 1),
       kInvalid, "from 0 to 2^63 - 1, found \"-1\""},
      {"DimensionIsAFraction",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}",
                 1),
       kInvalid, "from 0 to 2^63 - 1, found \"1.0\""},
      {"DimensionIsTooLarge",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[9223372036854775808],"
                 "\"data_offsets\":[0,1]}",
                 1),
       kInvalid, "found \"9223372036854775808\""},
      {"TooManyDimensions",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
                 "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
                 "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]"
                 "}",
                 1),
       kInvalid, "65 dimensions, at most 64"},
      {"SizeOverflows",
       OneTensor("{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],"
                 "\"data_offsets\":[0,0]}",
                 0),
       kInvalid, "needs more than 2^63 - 1 bytes"},
      {"SizeOverflowsBesideAZero",
       OneTensor("{\"dtype\":\"F64\",\"shape\":[0,4294967296,4294967296],"
                 "\"data_offsets\":[0,0]}",
                 0),
       kInvalid, "needs more than 2^63 - 1 bytes"},
      {"OneOffset",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}", 1),
       kInvalid, "data_offsets must be two integers"},
      {"NegativeOffset",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[-1,0]}", 1),
       kInvalid, "data_offsets must be two integers"},
      {"OffsetsBackwards",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]}", 1),
       kInvalid, "end at 0, before they begin at 1"},
      {"SizeIsNotTheShapes",
       OneTensor("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}", 4),
       kInvalid, "[2] of F32 needs 8 bytes, data_offsets give it 4"},
      {"HoleInFront",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}", 2),
       kInvalid, "leaving a hole behind the end of the header, expected 0"},
      {"HoleBetween",
       File("{\"v\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            "\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}",
            3),
       kInvalid, "tensor \"w\": its data begin at 2, leaving a hole behind"},
      {"Overlap",
       File("{\"v\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            "\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
            3),
       kInvalid, "overlapping those of tensor \"v\""},
      {"DataCutOff",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}", 3),
       kLoss, "need 4 bytes, but only 3 follow the header (tensor \"w\""},
      {"BytesBehind",
       OneTensor("{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}", 6),
       kInvalid, "2 bytes follow the last tensor"},
      {"BytesWithoutTensors", File("{}", 1), kInvalid,
       "1 bytes follow the last tensor"},
      {"MetadataAreAList", File("{\"__metadata__\":[]}"), kInvalid,
       "__metadata__ must be an object"},
      {"MetadataAreNumbers", File("{\"__metadata__\":{\"a\":1}}"), kInvalid,
       "__metadata__: \"a\" must be a string, found \"1\""},
  };
}

class DefectTest : public testing::TestWithParam<Defect> {};

TEST_P(DefectTest, IsRefusedWithItsOwnMessage) {
  EXPECT_THAT(Parse(GetParam().file),
              StatusIs(GetParam().code, AllOf(StartsWith("a.safetensors: "),
                                              HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(SafetensorsHeaderTest, DefectTest,
                         testing::ValuesIn(Defects()), [](const auto& info) {
                           return std::string(info.param.name);
                         });

SafetensorsEntry Entry(const std::string& name, ElementType type,
                       std::vector<std::int64_t> shape) {
  SafetensorsEntry entry;
  entry.name = name;
  entry.type = type;
  entry.shape = std::move(shape);
  return entry;
}

TEST(PrintSafetensorsHeaderTest, SortsByTypeThenNameAndPadsToEightBytes) {
  SafetensorsHeader header;
  header.entries = {Entry("c", ElementType::kUint8, {3}),
                    Entry("b", ElementType::kFloat32, {}),
                    Entry("a", ElementType::kFloat32, {2, 1})};
  header.metadata = {{"k", "v"}};
  const auto printed = PrintSafetensorsHeader(&header);
  ASSERT_THAT(printed, IsOk());
  const std::string text =
      "{\"__metadata__\":{\"k\":\"v\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2,1]"
      ",\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[],"
      "\"data_offsets\":[8,12]},\"c\":{\"dtype\":\"U8\",\"shape\":[3],"
      "\"data_offsets\":[12,15]}}";
  EXPECT_THAT(*printed,
              testing::EndsWith(absl::StrCat(
                  text, std::string(7 - (text.size() - 1) % 8, ' '))));
  EXPECT_EQ(printed->size() % 8, 0);
  EXPECT_EQ(header.data_offset_bytes, printed->size());
  EXPECT_EQ(header.entries[2].end_bytes, 15);
}

TEST(PrintSafetensorsHeaderTest, RefusesWhatNoFileCanHold) {
  const auto print = [](std::vector<SafetensorsEntry> entries,
                        std::map<std::string, std::string> metadata = {}) {
    SafetensorsHeader header;
    header.entries = std::move(entries);
    header.metadata = std::move(metadata);
    return PrintSafetensorsHeader(&header).status();
  };
  const ElementType u8 = ElementType::kUint8;
  EXPECT_THAT(print({Entry("\xFF", u8, {})}),
              StatusIs(kInvalid, HasSubstr("name \"\\xff\" is not UTF-8")));
  EXPECT_THAT(print({Entry("__metadata__", u8, {})}),
              StatusIs(kInvalid, HasSubstr("must not be called")));
  EXPECT_THAT(print({Entry("a", u8, {}), Entry("a", u8, {})}),
              StatusIs(kInvalid, HasSubstr("\"a\": the name is there twice")));
  EXPECT_THAT(print({Entry("a", u8, std::vector<std::int64_t>(65, 1))}),
              StatusIs(kInvalid, HasSubstr("has 65 dimensions")));
  EXPECT_THAT(print({Entry("a", u8, {std::int64_t{1} << 62}),
                     Entry("b", u8, {std::int64_t{1} << 62})}),
              StatusIs(kInvalid, HasSubstr("exceeds 2^63 - 1 bytes")));
  EXPECT_THAT(print({}, {{"a", "\xFF"}}),
              StatusIs(kInvalid, HasSubstr("metadata a: \"\\xff\"")));
}

TEST(ElementTypeTest, TheTableIsInTheOrderOfTheEnumeration) {
  std::size_t place = 0;
  for (const ElementTypeInfo& info : AllElementTypes()) {
    EXPECT_EQ(static_cast<std::size_t>(info.type), place++);
    EXPECT_EQ(&InfoOf(info.type), &info);
  }
}

}  // namespace
}  // namespace culturemert

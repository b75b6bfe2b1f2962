#include "tools/base/formats/npy.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// Written by NumPy: make_npy_golden.py.
std::string GoldenPath(absl::string_view name) {
  return absl::StrCat("tests/tools/base/formats/testdata/", name);
}

std::string Golden(absl::string_view name) {
  return Files::Real().Read(GoldenPath(name)).value();
}

absl::Span<const std::uint8_t> Bytes(absl::string_view text) {
  return absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(text.data()),
                             text.size());
}

std::string Text(absl::Span<const std::uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

// The values make_npy_golden.py gives a type.
template <typename T>
std::vector<T> GoldenValues() {
  if constexpr (std::is_same_v<T, Float16Bits>) {
    return {{0}, {0x8000}, {0x3E00}, {0xC080}, {0x7C00}, {0x0400}};
  } else if constexpr (std::is_floating_point_v<T>) {
    using Limits = std::numeric_limits<T>;
    return {T{0}, -T{0}, T{1.5}, T{-2.25}, Limits::infinity(), Limits::min()};
  } else {
    using Limits = std::numeric_limits<T>;
    return {Limits::min(), Limits::max(), 0, 1, 2, 100};
  }
}

template <typename T>
class NpyTypedTest : public testing::Test {};

using ElementTypes =
    testing::Types<std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t,
                   Float16Bits, float, double>;
TYPED_TEST_SUITE(NpyTypedTest, ElementTypes);

TYPED_TEST(NpyTypedTest, ReadsWhatNumpyWrote) {
  const std::string name = absl::StrCat(NpyTypeName(NpyTypeOf<TypeParam>()));
  const auto array = ReadNpy(Files::Real(), GoldenPath(name + ".npy"));
  ASSERT_THAT(array, IsOk());
  EXPECT_THAT(array->view().shape, ElementsAre(2, 3));
  const std::vector<TypeParam> expected = GoldenValues<TypeParam>();
  EXPECT_THAT(array->view().Values<TypeParam>(),
              IsOkAndHolds(ElementsAreArray(expected)));
  EXPECT_THAT(array->view().CopyValues<TypeParam>(),
              IsOkAndHolds(ElementsAreArray(expected)));
}

TYPED_TEST(NpyTypedTest, WritesTheBytesThatNumpyWrote) {
  const std::string name = absl::StrCat(NpyTypeName(NpyTypeOf<TypeParam>()));
  const std::vector<TypeParam> values = GoldenValues<TypeParam>();
  EXPECT_THAT(PrintNpy<TypeParam>(values, {2, 3}),
              IsOkAndHolds(Golden(name + ".npy")));
}

TYPED_TEST(NpyTypedTest, RefusesEveryOtherType) {
  const NpyType own = NpyTypeOf<TypeParam>();
  for (const NpyType type : AllNpyTypes()) {
    const std::string name = absl::StrCat(NpyTypeName(type));
    const auto array = ReadNpy(Files::Real(), GoldenPath(name + ".npy"));
    ASSERT_THAT(array, IsOk());
    const auto values = array->view().Values<TypeParam>();
    EXPECT_EQ(values.ok(), type == own) << name;
    EXPECT_EQ(array->view().CopyValues<TypeParam>().ok(), type == own) << name;
    if (values.ok()) continue;
    EXPECT_THAT(
        values,
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat(GoldenPath(name), ".npy: the array holds ", name,
                              ", expected ", NpyTypeName(own),
                              "; convert it: numpy.save(path, array.astype('",
                              NpyTypeName(own), "'))")));
  }
}

TEST(NpyTest, ReadsAndWritesBooleansAsNumpyDoes) {
  const std::string golden = Golden("bool.npy");
  const auto view = ParseNpy(Bytes(golden), "bool.npy");
  ASSERT_THAT(view, IsOk());
  EXPECT_THAT(view->shape, ElementsAre(2, 3));
  EXPECT_THAT(view->Values<bool>(),
              IsOkAndHolds(ElementsAre(false, true, true, true, false, false)));
  const bool values[] = {false, true, true, true, false, false};
  EXPECT_THAT(PrintNpy<bool>(values, {2, 3}), IsOkAndHolds(golden));
}

TEST(NpyTest, RefusesABooleanThatIsNeitherZeroNorOne) {
  std::string file = Golden("bool.npy");
  file.back() = 2;
  const auto view = ParseNpy(Bytes(file), "voiced.npy");
  ASSERT_THAT(view, IsOk());
  EXPECT_THAT(view->Values<bool>(),
              StatusIs(absl::StatusCode::kDataLoss,
                       "voiced.npy: element 5 of a bool array is 2, expected 0 "
                       "or 1"));
}

TEST(NpyTest, ReadsEveryVersionToTheSameArray) {
  for (const char version : {'1', '2', '3'}) {
    const std::string file =
        Golden(absl::StrCat("version_", std::string(1, version), ".npy"));
    ASSERT_EQ(file[6], version - '0');
    const auto view = ParseNpy(Bytes(file), "x");
    ASSERT_THAT(view, IsOk());
    EXPECT_THAT(view->Values<std::int32_t>(),
                IsOkAndHolds(ElementsAre(0, 1, 2, 3, 4)));
  }
}

TEST(NpyTest, ReadsAndWritesScalarsVectorsCubesAndArraysWithoutElements) {
  const float scalar[] = {2.5f};
  EXPECT_THAT(PrintNpy<float>(scalar, {}), IsOkAndHolds(Golden("scalar.npy")));
  const std::int32_t vector[] = {0, 1, 2, 3, 4};
  EXPECT_THAT(PrintNpy<std::int32_t>(vector, {5}),
              IsOkAndHolds(Golden("vector.npy")));
  std::vector<std::uint8_t> cube(24);
  for (std::size_t i = 0; i < cube.size(); ++i) cube[i] = i;
  EXPECT_THAT(PrintNpy<std::uint8_t>(cube, {2, 3, 4}),
              IsOkAndHolds(Golden("cube.npy")));
  EXPECT_THAT(PrintNpy<float>({}, {0, 768}),
              IsOkAndHolds(Golden("no_elements.npy")));

  const auto shape = [](absl::string_view name) {
    const std::string file = Golden(name);
    return ParseNpy(Bytes(file), name).value().shape;
  };
  EXPECT_THAT(shape("scalar.npy"), IsEmpty());
  EXPECT_THAT(shape("vector.npy"), ElementsAre(5));
  EXPECT_THAT(shape("cube.npy"), ElementsAre(2, 3, 4));
  EXPECT_THAT(shape("no_elements.npy"), ElementsAre(0, 768));
}

TEST(NpyTest, PrintsEveryHeaderAsNumpyDoes) {
  int headers = 0;
  for (const absl::string_view line :
       absl::StrSplit(Golden("headers.tsv"), '\n', absl::SkipEmpty())) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    ASSERT_EQ(fields.size(), 3u);
    NpyHeader header;
    header.dtype = fields[0] == "float16" ? NpyType::kFloat16 : NpyType::kBool;
    for (const absl::string_view digits :
         absl::StrSplit(fields[1], ',', absl::SkipEmpty())) {
      ASSERT_TRUE(absl::SimpleAtoi(digits, &header.shape.emplace_back()));
    }
    const std::string golden = absl::HexStringToBytes(fields[2]);
    EXPECT_THAT(PrintNpyHeader(header), IsOkAndHolds(golden)) << fields[1];
    const auto parsed = ParseNpyHeader(Bytes(golden), "x");
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(parsed->header, header);
    EXPECT_EQ(parsed->data_offset_bytes, golden.size());
    ++headers;
  }
  EXPECT_EQ(headers, 137);
}

TEST(NpyTest, GivesBack10000RandomArrays) {
  std::mt19937_64 random(20250621);
  for (int round = 0; round < 10000; ++round) {
    NpyHeader header;
    header.dtype = AllNpyTypes()[random() % AllNpyTypes().size()];
    for (std::uint64_t i = random() % 5; i > 0; --i) {
      header.shape.push_back(random() % 5);
    }
    std::string data(NpyDataSizeBytes(header).value(), '\0');
    for (char& byte : data) byte = static_cast<char>(random());
    const auto file = npy_internal::Print(header, Bytes(data));
    ASSERT_THAT(file, IsOk());
    EXPECT_EQ((file->size() - data.size()) % 64, 0u);
    const auto view = ParseNpy(Bytes(*file), "x");
    ASSERT_THAT(view, IsOk());
    EXPECT_EQ(view->dtype, header.dtype);
    EXPECT_EQ(view->shape, header.shape);
    EXPECT_EQ(Text(view->data), data);
  }
}

TEST(NpyTest, CopiesWhereElementsAreNotAligned) {
  const std::string golden = Golden("float64.npy");
  std::vector<std::uint64_t> aligned(golden.size() / 8 + 2);
  char* const memory = reinterpret_cast<char*>(aligned.data());
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::memcpy(memory + shift, golden.data(), golden.size());
    const auto view = ParseNpy(
        Bytes(absl::string_view(memory + shift, golden.size())), "a.npy");
    ASSERT_THAT(view, IsOk());
    EXPECT_THAT(view->CopyValues<double>(),
                IsOkAndHolds(ElementsAreArray(GoldenValues<double>())));
    if (shift == 0) {
      EXPECT_THAT(view->Values<double>(), IsOk());
      continue;
    }
    EXPECT_THAT(view->Values<double>(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         "a.npy: the elements do not begin at a multiple of 8 "
                         "bytes, as float64 must in place; copy them, or save "
                         "the array again with NumPy"));
  }
}

TEST(NpyTest, RefusesAViewWhoseShapeDoesNotFitItsData) {
  const std::uint8_t bytes[] = {1, 2, 3};
  const NpyView view{"a.npy", NpyType::kUint8, {2, 2}, bytes};
  EXPECT_THAT(view.Values<std::uint8_t>(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.npy: the elements have 3 bytes, the shape (2, 2) of "
                       "uint8 needs 4"));
}

TEST(NpyTest, RefusesToPrintAnotherNumberOfElementsThanTheShapeSays) {
  const float values[] = {1, 2, 3};
  EXPECT_THAT(PrintNpy<float>(values, {2, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the elements have 12 bytes, the shape (2, 2) of "
                       "float32 needs 16"));
  MemoryFiles files;
  EXPECT_THAT(WriteNpy<float>(files, "/a.npy", values, {2, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/a.npy: the elements have 12 bytes, the shape (2, 2) "
                       "of float32 needs 16"));
  EXPECT_FALSE(files.Exists("/a.npy"));
}

TEST(NpyTest, LimitsTheSizeAtWhatASignedNumberHolds) {
  constexpr std::uint64_t kLimit = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(NpyDataSizeBytes({NpyType::kUint8, {kLimit}}),
              IsOkAndHolds(kLimit));
  EXPECT_THAT(NpyDataSizeBytes({NpyType::kUint16, {kLimit / 2}}),
              IsOkAndHolds(kLimit - 1));
  EXPECT_FALSE(NpyDataSizeBytes({NpyType::kUint16, {kLimit / 2 + 1}}).ok());
  EXPECT_FALSE(NpyDataSizeBytes({NpyType::kUint8, {kLimit + 1}}).ok());
  EXPECT_THAT(NpyDataSizeBytes({NpyType::kUint8, {kLimit, 0}}),
              IsOkAndHolds(0u));
  EXPECT_THAT(
      NpyDataSizeBytes({NpyType::kBool, std::vector<std::uint64_t>(65, 1)}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "the shape has 65 dimensions, at most 64 are allowed"));
}

}  // namespace
}  // namespace culturemert

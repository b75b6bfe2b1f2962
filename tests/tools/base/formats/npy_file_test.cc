// .npy files read and written through Files.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(NpyFileTest, WritesAndReadsBack) {
  MemoryFiles files;
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  ASSERT_THAT(WriteNpy<float>(files, "/a.npy", values, {3, 2}), IsOk());
  EXPECT_THAT(files.Read("/a.npy"),
              IsOkAndHolds(PrintNpy<float>(values, {3, 2}).value()));
  auto array = ReadNpy(files, "/a.npy");
  ASSERT_THAT(array, IsOk());
  const NpyArray moved = *std::move(array);
  EXPECT_THAT(moved.view().shape, ElementsAre(3, 2));
  EXPECT_THAT(moved.view().Values<float>(),
              IsOkAndHolds(ElementsAreArray(values)));
}

TEST(NpyFileTest, NamesAMissingFile) {
  MemoryFiles files;
  EXPECT_THAT(ReadNpy(files, "/missing.npy").status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/missing.npy")));
}

TEST(NpyWriterTest, WritesTheSameBytesWhateverTheParts) {
  const std::vector<std::int16_t> values = {1, 2, 3, 4, 5, 6};
  const std::string whole = PrintNpy<std::int16_t>(values, {3, 2}).value();
  // Each bit says whether the array is cut after that element.
  for (unsigned cuts = 0; cuts < 32; ++cuts) {
    MemoryFiles files;
    auto writer = NpyWriter::Create(files, "/a.npy", {NpyType::kInt16, {3, 2}});
    ASSERT_THAT(writer, IsOk());
    std::size_t begin = 0;
    for (std::size_t end = 1; end <= values.size(); ++end) {
      if (end < values.size() && (cuts >> (end - 1) & 1) == 0) continue;
      ASSERT_THAT((*writer)->Append<std::int16_t>(
                      absl::MakeConstSpan(values).subspan(begin, end - begin)),
                  IsOk());
      begin = end;
    }
    EXPECT_FALSE(files.Exists("/a.npy"));
    ASSERT_THAT((*writer)->Commit(), IsOk());
    EXPECT_THAT(files.Read("/a.npy"), IsOkAndHolds(whole));
  }
}

TEST(NpyWriterTest, RefusesToCommitAnIncompleteArrayAndLeavesNoTrace) {
  MemoryFiles files;
  {
    auto writer = NpyWriter::Create(files, "/a.npy", {NpyType::kInt8, {2, 2}});
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Append<std::int8_t>({1, 2, 3}), IsOk());
    EXPECT_THAT((*writer)->Commit(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         "/a.npy: not written, because 3 elements were "
                         "appended, the shape (2, 2) needs 4"));
  }
  EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
}

TEST(NpyWriterTest, RefusesWrongPartsAndGoesOnWithRightOnes) {
  MemoryFiles files;
  auto writer = NpyWriter::Create(files, "/a.npy", {NpyType::kInt16, {2}});
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT((*writer)->Append<std::int8_t>({1}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/a.npy: int8 elements were appended to an array of "
                       "int16"));
  const std::uint8_t bytes[] = {1, 2, 3};
  EXPECT_THAT((*writer)->AppendBytes(bytes),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/a.npy: 3 bytes were appended, expected a multiple of "
                       "2, the size of one int16"));
  ASSERT_THAT((*writer)->Append<std::int16_t>({1}), IsOk());
  EXPECT_THAT((*writer)->Append<std::int16_t>({2, 3}),
              StatusIs(absl::StatusCode::kOutOfRange,
                       "/a.npy: 2 elements were appended, the shape (2,) has "
                       "room for 1 more"));
  ASSERT_THAT((*writer)->Append<std::int16_t>({2}), IsOk());
  ASSERT_THAT((*writer)->Commit(), IsOk());
  EXPECT_THAT(ReadNpy(files, "/a.npy")->view().CopyValues<std::int16_t>(),
              IsOkAndHolds(ElementsAre(1, 2)));
}

TEST(NpyWriterTest, RefusesAShapeThatOverflows) {
  MemoryFiles files;
  EXPECT_THAT(
      NpyWriter::Create(files, "/a.npy", {NpyType::kFloat64, {1ull << 60, 1}})
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "/a.npy: the shape (1152921504606846976, 1) of float64 has more "
               "than 2^63 - 1 bytes"));
  EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
}

TEST(NpyWriterTest, DoesNotCommitAfterTheDiskWasFull) {
  MemoryFiles files;
  files.set_capacity_bytes(1000);
  {
    auto writer =
        NpyWriter::Create(files, "/a.npy", {NpyType::kUint8, {1 << 20}});
    ASSERT_THAT(writer, IsOk());
    const std::vector<std::uint8_t> values(1 << 20);
    const absl::Status failure =
        (*writer)->Append<std::uint8_t>(absl::MakeConstSpan(values));
    EXPECT_THAT(failure,
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("")));
    EXPECT_THAT((*writer)->Append<std::uint8_t>(absl::MakeConstSpan(values)),
                Eq(failure));
    EXPECT_THAT((*writer)->Commit(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("an earlier part failed")));
  }
  EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace culturemert

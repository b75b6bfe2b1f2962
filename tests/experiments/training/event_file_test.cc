#include "experiments/training/event_file.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32c, HasTheValuesOfTheStandard) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string ascending(32, 0);
  for (int i = 0; i < 32; ++i) ascending[i] = static_cast<char>(i);
  EXPECT_EQ(Crc32c(ascending), 0x46dd794eu);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
}

// The bytes that tensorboard 2.21.0 writes for
//   Event(wall_time=1.5, step=300, summary=Summary(value=[
//       Summary.Value(tag="loss", simple_value=2.0),
//       Summary.Value(tag="rate", simple_value=0.5)]))
constexpr char kEvent[] =
    "09000000000000f83f10ac022a1a0a0b0a046c6f737315000000400a0b0a04726174651500"
    "00003f";

TEST(EventFile, EncodesScalarsAsTensorBoardDoes) {
  EXPECT_EQ(absl::BytesToHexString(
                EncodeScalarEvent(1.5, 300, {{"loss", 2.0}, {"rate", 0.5}})),
            kEvent);
}

TEST(EventFile, BeginsWithTheFormatsVersionAndGrowsRecordByRecord) {
  MemoryFiles files;
  const auto file = EventFile::Create(files, "/", 12.75, "stage1");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ((*file)->path(), "/events.out.tfevents.12.stage1");
  const std::string begun = files.Read((*file)->path()).value();
  EXPECT_EQ(begun.substr(begun.size() - 4 - 13, 13), "brain.Event:2");
  ASSERT_THAT((*file)->Append(1.5, 300, {{"loss", 2.0}, {"rate", 0.5}}),
              IsOk());
  EXPECT_EQ(files.Read((*file)->path()).value(),
            begun + FramedRecord(absl::HexStringToBytes(kEvent)));
}

// As tensorboard 2.21.0's RecordWriter writes it.
TEST(EventFile, FramesARecordWithMaskedChecksums) {
  EXPECT_EQ(absl::BytesToHexString(FramedRecord("abc")),
            "0300000000000000b099490e6162636e57f121");
}

}  // namespace
}  // namespace culturemert

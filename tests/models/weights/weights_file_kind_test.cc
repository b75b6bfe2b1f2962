#include "models/weights/weights_file_kind.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

absl::StatusOr<WeightsFileKind> Sniff(absl::string_view text) {
  return SniffWeightsFile(
      absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(text.data()),
                          text.size()),
      "weights");
}

TEST(SniffWeightsFileTest, TellsTheFormatsByTheirFirstBytes) {
  EXPECT_THAT(Sniff(absl::string_view("\x08\0\0\0\0\0\0\0{}      ", 16)),
              IsOkAndHolds(WeightsFileKind::kSafetensors));
  EXPECT_THAT(Sniff("PK\x03\x04..."), IsOkAndHolds(WeightsFileKind::kTorchZip));
  EXPECT_THAT(Sniff("\x80\x02\x8A\x0Al\xFC\x9C"
                    "F\xF9 j\xA8P\x19."),
              IsOkAndHolds(WeightsFileKind::kTorchLegacy));
  EXPECT_THAT(Sniff(absl::string_view("\x80\x04\x95\x0D\0\0\0\0\0\0\0\x8A\x0Al"
                                      "\xFC\x9C"
                                      "F\xF9 j\xA8P\x19.",
                                      24)),
              IsOkAndHolds(WeightsFileKind::kTorchLegacy));
}

TEST(SniffWeightsFileTest, SaysWhatOtherFilesLookLike) {
  const auto expect = [](absl::string_view text, absl::string_view message) {
    EXPECT_THAT(Sniff(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                      AllOf(StartsWith("weights: "),
                                            HasSubstr(std::string(message)))));
  };
  expect("", "empty");
  expect("version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
         "Git LFS pointer, the weights it stands for were not downloaded");
  expect("<!DOCTYPE html><html>", "HTML");
  expect("{\"error\": \"not found\"}", "JSON");
  expect("\x1F\x8B\x08", "compressed");
  expect(std::string(257, 'a') + "ustar  ", "tar archive");
  expect("\x80\x02}q\x01.", "pickle that torch.save did not write");
  expect("\x89HDF\r\n", "HDF5");
  expect("GGUF", "GGUF");
  expect("\x93NUMPY\x01", "NumPy");
  expect("hello\x1B[2J", "begins with \"hello\\u001b[2J\"");
}

TEST(SniffWeightsFileTest, ALengthAloneIsNoSafetensorsFile) {
  EXPECT_THAT(Sniff(absl::string_view("\x02\0\0\0\0\0\0\0[]", 10)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("not a file of weights")));
  EXPECT_THAT(Sniff(absl::string_view("\0\0\0\0\0\0\0\x7F{}", 10)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("not a file of weights")));
}

}  // namespace
}  // namespace culturemert

#include "models/weights/torch_archive.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/weights/zip_writer.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

const auto kInvalid = absl::StatusCode::kInvalidArgument;
const auto kLoss = absl::StatusCode::kDataLoss;
const auto kUnimplemented = absl::StatusCode::kUnimplemented;

absl::StatusOr<TorchArchive> Parse(absl::string_view file) {
  return ParseTorchArchive(
      absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(file.data()),
                          file.size()),
      "a.pt");
}

std::string Golden(absl::string_view name) {
  return *Files::Real().Read(
      absl::StrCat("tests/models/weights/golden/", name));
}

std::string Text(absl::string_view text) {
  return absl::StrCat(
      "X", LittleEndian(static_cast<std::uint32_t>(text.size())), text);
}

// One tensor of the four floats of storage "0".
std::string TensorPickle() {
  return absl::StrCat("\x80\x02", "ctorch._utils\n_rebuild_tensor_v2\n((",
                      Text("storage"), "ctorch\nFloatStorage\n", Text("0"),
                      Text("cpu"), "K\x04tQ", absl::string_view("K\0K", 3),
                      "\x04\x85K\x01\x85\x89NtR.");
}

ZipTestEntry Entry(const std::string& name, const std::string& data) {
  ZipTestEntry entry;
  entry.name = name;
  entry.data = data;
  return entry;
}

std::string Zip(const std::string& data, const std::string& order = "little") {
  return MakeZip({Entry("a/data.pkl", TensorPickle()),
                  Entry("a/byteorder", order), Entry("a/data/0", data)});
}

constexpr absl::string_view kMagic(
    "\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.", 15);

std::string Legacy(const std::string& keys, std::uint64_t num_elements,
                   const std::string& data, absl::string_view endian = "\x88",
                   absl::string_view version = "\xE9\x03") {
  return absl::StrCat(kMagic, "\x80\x02M", version, ".\x80\x02}",
                      Text("little_endian"), endian, "s.", TensorPickle(),
                      "\x80\x02](", keys, "e.", LittleEndian(num_elements),
                      data);
}

TEST(TorchArchiveTest, FindsTheStoragesOfBothFormats) {
  const std::string data = "0123456789ABCDEF";
  for (const std::string& file : {Zip(data), Legacy(Text("0"), 4, data)}) {
    const auto archive = Parse(file);
    ASSERT_THAT(archive, IsOk());
    EXPECT_EQ(archive->document.root_node().kind, PickleKind::kTensor);
    ASSERT_THAT(archive->storages, SizeIs(1));
    EXPECT_EQ(reinterpret_cast<const char*>(archive->storages[0].data()),
              file.data() + file.find(data));
    EXPECT_THAT(archive->storages[0], SizeIs(16));
  }
}

struct Defect {
  const char* name;
  std::string file;
  absl::StatusCode code;
  const char* message;
};

std::vector<Defect> Defects() {
  const std::string data(16, 'x');
  const std::string pickle = TensorPickle();
  return {
      {"NoPickle", MakeZip({Entry("a/b", "")}), kInvalid, "holds no data.pkl"},
      {"EmptyZip", MakeZip({}), kInvalid, "holds no data.pkl"},
      {"TorchScript",
       MakeZip({Entry("a/data.pkl", pickle), Entry("a/constants.pkl", "")}),
       kInvalid, "a TorchScript program"},
      {"BigEndianZip", Zip(data, "big"), kUnimplemented, "big-endian"},
      {"NoStorage", MakeZip({Entry("a/data.pkl", pickle)}), kLoss,
       "storage \"0\" is missing from the archive"},
      {"StorageOfAnotherFolder",
       MakeZip({Entry("a/data.pkl", pickle), Entry("b/data/0", data)}), kLoss,
       "storage \"0\" is missing"},
      {"SmallStorage", Zip("1234"), kInvalid,
       "storage \"0\" has 4 bytes, but 4 elements of torch.FloatStorage need "
       "16"},
      {"BrokenPickle", MakeZip({Entry("a/data.pkl", "\x80\x02R.")}), kInvalid,
       "data.pkl: byte 2 (REDUCE)"},
      {"OtherVersion", Legacy(Text("0"), 4, data, "\x88", "\xE8\x03"),
       kUnimplemented, "the protocol version of torch.save is not 1001"},
      {"BigEndianLegacy", Legacy(Text("0"), 4, data, "\x89"), kUnimplemented,
       "big-endian"},
      {"UnusedKey", Legacy(Text("1"), 4, data), kInvalid,
       "storage \"1\" is listed twice, or not used"},
      {"KeyMissing", Legacy("", 4, ""), kLoss, "storage \"0\" is missing"},
      {"KeyTwice",
       Legacy(Text("0") + Text("0"), 4,
              data + LittleEndian<std::uint64_t>(4) + data),
       kInvalid, "storage \"0\" is listed twice"},
      {"OtherCount", Legacy(Text("0"), 5, data), kInvalid,
       "has 5 elements, but the pickle says 4"},
      {"HugeCount", Legacy(Text("0"), ~std::uint64_t{0}, data), kInvalid,
       "has 18446744073709551615 elements"},
      {"StorageCutOff", Legacy(Text("0"), 4, data.substr(1)), kLoss,
       "which needs 16 bytes where 15 are left"},
      {"BytesBehind", Legacy(Text("0"), 4, data + "x"), kInvalid,
       "1 bytes follow the last storage"},
      {"Safetensors", Golden("none.safetensors"), kInvalid,
       "a safetensors file, not torch.save's"},
      {"RealTorchScript", Golden("torchscript.pt"), kUnimplemented,
       "if this is a TorchScript program"},
  };
}

class DefectTest : public testing::TestWithParam<Defect> {};

TEST_P(DefectTest, IsRefusedWithItsOwnMessage) {
  EXPECT_THAT(Parse(GetParam().file),
              StatusIs(GetParam().code, AllOf(StartsWith("a.pt: "),
                                              HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(TorchArchiveTest, DefectTest,
                         testing::ValuesIn(Defects()), [](const auto& info) {
                           return std::string(info.param.name);
                         });

class GoldenTest : public testing::TestWithParam<const char*> {};

TEST_P(GoldenTest, CutOffAnywhereItIsRefused) {
  const std::string file = Golden(GetParam());
  ASSERT_THAT(Parse(file), IsOk());
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(Parse(absl::string_view(file).substr(0, size)).ok()) << size;
  }
}

// Mostly of use under a sanitizer.
TEST_P(GoldenTest, WithAnyByteChangedItIsReadInBoundsOrRefused) {
  const std::string file = Golden(GetParam());
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
    const auto archive = Parse(changed);
    if (!archive.ok()) continue;
    for (const auto& storage : archive->storages) {
      EXPECT_LE(reinterpret_cast<const char*>(storage.end()),
                changed.data() + changed.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(TorchArchiveTest, GoldenTest,
                         testing::Values("state_dict_zip.pt",
                                         "state_dict_protocol_5.pt",
                                         "state_dict_legacy.pt",
                                         "fairseq_zip.pt", "fairseq_legacy.pt"),
                         [](const auto& info) {
                           return absl::StrReplaceAll(info.param, {{".", "_"}});
                         });

}  // namespace
}  // namespace culturemert

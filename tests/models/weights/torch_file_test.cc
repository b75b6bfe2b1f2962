#include "models/weights/torch_file.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/weights/safetensors.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Pair;

std::string Golden(absl::string_view name) {
  return absl::StrCat("tests/models/weights/golden/", name);
}

std::string BytesOf(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.contiguous();
  return std::string(static_cast<const char*>(plain.const_data_ptr()),
                     plain.nbytes());
}

class StateDictTest : public testing::TestWithParam<const char*> {};

TEST_P(StateDictTest, HoldsWhatPythonSays) {
  const auto expected =
      LoadSafetensors(Files::Real(), Golden("state_dict.safetensors"));
  ASSERT_THAT(expected, IsOk());
  const auto file = LoadTorchFile(Files::Real(), Golden(GetParam()));
  ASSERT_THAT(file, IsOk());
  EXPECT_GE(file->tensors.size(), 18);
  for (const auto& [name, tensor] : file->tensors) {
    const auto same = expected->tensors.find(name);
    ASSERT_NE(same, expected->tensors.end()) << name;
    EXPECT_EQ(tensor.scalar_type(), same->second.scalar_type()) << name;
    EXPECT_EQ(tensor.sizes(), same->second.sizes()) << name;
    EXPECT_EQ(BytesOf(tensor), BytesOf(same->second)) << name;
  }
}

TEST_P(StateDictTest, ViewsOfOneStorageShareIt) {
  const auto file = LoadTorchFile(Files::Real(), Golden(GetParam()));
  ASSERT_THAT(file, IsOk());
  const at::Tensor& whole = file->tensors.at("whole");
  EXPECT_EQ(file->tensors.at("transposed").const_data_ptr(),
            whole.const_data_ptr());
  EXPECT_EQ(file->tensors.at("transposed").strides(), at::IntArrayRef({1, 6}));
  EXPECT_EQ(file->tensors.at("part").const_data_ptr(),
            whole.flatten().slice(0, 5).const_data_ptr());
  EXPECT_EQ(file->tensors.at("repeated").strides(), at::IntArrayRef({0, 0}));
}

INSTANTIATE_TEST_SUITE_P(TorchFileTest, StateDictTest,
                         testing::Values("state_dict_zip.pt",
                                         "state_dict_protocol_5.pt",
                                         "state_dict_legacy.pt"),
                         [](const auto& info) {
                           return absl::StrReplaceAll(info.param, {{".", "_"}});
                         });

class FairseqTest : public testing::TestWithParam<const char*> {};

TEST_P(FairseqTest, TensorsListsAndTheRestAreFound) {
  const auto file = LoadTorchFile(Files::Real(), Golden(GetParam()));
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->tensors,
              ElementsAre(Key("last_optimizer_state.state.0.exp_avg"),
                          Key("model.bias"), Key("model.weight")));
  EXPECT_TRUE(
      at::equal(file->tensors.at("model.weight"), at::arange(4, at::kFloat)));
  EXPECT_THAT(file->string_lists,
              ElementsAre(Pair("task_state.dictionaries.0.symbols",
                               ElementsAre("<s>", "<pad>", "\xC3\xA9")),
                          Pair("task_state.names", ElementsAre("a", "b"))));
  const PickleDocument& document = file->document;
  EXPECT_THAT(
      document.opaque,
      ElementsAre("argparse.Namespace", "fairseq.data.dictionary.Dictionary"));
  const PickleNode& root = document.root_node();
  EXPECT_EQ(FindMember(document, root, "best_loss")->number, 0.25);
  EXPECT_EQ(FindMember(document, root, "bytes")->text,
            std::string("\x00\xFF", 2));
  EXPECT_EQ(FindMember(document, root, "negative")->integer, -5);
  EXPECT_EQ(FindMember(document, root, "large")->kind,
            PickleKind::kLongInteger);
  const PickleNode& config = *FindMember(document, root, "args");
  EXPECT_EQ(FindMember(document, config, "arch")->text, "mert");
  EXPECT_EQ(FindMember(document, config, "layers")->integer, 12);
}

INSTANTIATE_TEST_SUITE_P(TorchFileTest, FairseqTest,
                         testing::Values("fairseq_zip.pt", "fairseq_legacy.pt"),
                         [](const auto& info) {
                           return absl::StrReplaceAll(info.param, {{".", "_"}});
                         });

TEST(TorchFileTest, ATensorAloneHasNoName) {
  const auto file = LoadTorchFile(Files::Real(), Golden("tensor.pt"));
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->tensors, ElementsAre(Key("")));
  EXPECT_TRUE(at::equal(file->tensors.at(""), at::arange(3)));
}

TEST(TorchFileTest, AlignedStoragesLieInTheMappedFileAndKeepIt) {
  MemoryFiles files;
  ASSERT_THAT(
      files.WriteAtomically("a", *Files::Real().Read(Golden("tensor.pt"))),
      IsOk());
  auto file = LoadTorchFile(files, "a");
  ASSERT_THAT(file, IsOk());
  at::Tensor tensor = file->tensors.at("");
  file = absl::CancelledError();
  EXPECT_EQ(files.open_maps(), 1);
  EXPECT_TRUE(at::equal(tensor, at::arange(3)));
  tensor = at::Tensor();
  EXPECT_EQ(files.open_maps(), 0);
}

TEST(TensorsBelowTest, TakesThePathOffTheNames) {
  const at::Tensor tensor = at::full({}, 1);
  const NamedTensors tensors = {
      {"model.a", tensor}, {"model.b.c", tensor}, {"model2.d", tensor}};
  EXPECT_THAT(TensorsBelow(tensors, "model"),
              IsOkAndHolds(ElementsAre(Key("a"), Key("b.c"))));
  EXPECT_THAT(TensorsBelow(tensors, "model.b"),
              IsOkAndHolds(ElementsAre(Key("c"))));
  EXPECT_THAT(TensorsBelow(tensors, ""), IsOkAndHolds(testing::SizeIs(3)));
  EXPECT_THAT(TensorsBelow(tensors, "mod"),
              StatusIs(absl::StatusCode::kNotFound,
                       "no tensors below \"mod\", the names begin with "
                       "\"model\", \"model2\""));
}

}  // namespace
}  // namespace culturemert

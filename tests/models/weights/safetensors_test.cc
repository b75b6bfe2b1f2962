#include "models/weights/safetensors.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/weights/mapped_tensor.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string Golden(absl::string_view name) {
  return absl::StrCat("tests/models/weights/golden/", name);
}

std::string BytesOf(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.contiguous();
  return std::string(static_cast<const char*>(plain.const_data_ptr()),
                     plain.nbytes());
}

// The tensors of make_golden.py's typed_tensors.
NamedTensors TypedTensors() {
  NamedTensors tensors;
  const at::Tensor values = at::arange(6).reshape({2, 3}).remainder(2);
  std::size_t place = AllElementTypes().size();
  for (const ElementTypeInfo& info : AllElementTypes()) {
    const std::string name =
        absl::StrCat(absl::Dec(place--, absl::kZeroPad2), ".", info.torch_name);
    tensors[name] = values.to(weights_internal::ToScalarType(info.type));
  }
  return tensors;
}

TEST(SafetensorsTest, WritesTheBytesOfThePythonLibraryForEveryType) {
  MemoryFiles files;
  ASSERT_THAT(WriteSafetensors(files, "a", TypedTensors()), IsOk());
  EXPECT_THAT(files.Read("a"),
              IsOkAndHolds(*Files::Real().Read(Golden("types.safetensors"))));
}

TEST(SafetensorsTest, WritesTheBytesOfThePythonLibraryForOddNamesAndShapes) {
  const NamedTensors tensors = {
      {"a\xC3\xA9\"\\\n\x01\x7F/ \xF0\x9F\x98\x80", at::full({}, 1.5)},
      {"b", at::zeros({0, 3})},
      {"a", at::arange(24, at::kFloat).reshape({2, 3, 4}).permute({2, 0, 1})},
  };
  MemoryFiles files;
  ASSERT_THAT(
      WriteSafetensors(files, "a", tensors, {{"format \"\xC3\xA9\"", "pt\n"}}),
      IsOk());
  EXPECT_THAT(files.Read("a"),
              IsOkAndHolds(*Files::Real().Read(Golden("odd.safetensors"))));
  ASSERT_THAT(WriteSafetensors(files, "none", {}), IsOk());
  EXPECT_THAT(files.Read("none"),
              IsOkAndHolds(*Files::Real().Read(Golden("none.safetensors"))));
}

TEST(SafetensorsTest, ReadsWhatThePythonLibraryWrote) {
  const auto file = LoadSafetensors(Files::Real(), Golden("types.safetensors"));
  ASSERT_THAT(file, IsOk());
  const NamedTensors expected = TypedTensors();
  ASSERT_EQ(file->tensors.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    const at::Tensor& found = file->tensors.at(name);
    EXPECT_EQ(found.scalar_type(), tensor.scalar_type());
    EXPECT_EQ(found.sizes(), tensor.sizes());
    EXPECT_EQ(BytesOf(found), BytesOf(tensor)) << name;
  }
  const auto odd = LoadSafetensors(Files::Real(), Golden("odd.safetensors"));
  ASSERT_THAT(odd, IsOk());
  EXPECT_THAT(odd->metadata, ElementsAre(Pair("format \"\xC3\xA9\"", "pt\n")));
  EXPECT_EQ(odd->tensors.at("b").sizes(), at::IntArrayRef({0, 3}));
}

// A tensor of up to four small dimensions with random bits.
at::Tensor RandomTensor(const RandomStream& random) {
  std::uint64_t index = 0;
  const auto& types = AllElementTypes();
  const ElementTypeInfo& info = types[random.UniformInt(index++, types.size())];
  std::vector<std::int64_t> shape(random.UniformInt(index++, 5));
  for (std::int64_t& size : shape) {
    size = static_cast<std::int64_t>(random.UniformInt(index++, 4));
  }
  at::Tensor tensor =
      at::empty(shape, weights_internal::ToScalarType(info.type));
  auto* const bytes = static_cast<std::uint8_t*>(tensor.mutable_data_ptr());
  for (std::size_t i = 0; i < tensor.nbytes(); ++i) {
    const std::uint32_t bits = random.Bits32(index++);
    bytes[i] = info.type == ElementType::kBool ? bits & 1 : bits & 0xFF;
  }
  if (shape.size() >= 2 && random.UniformInt(index++, 2) == 0) {
    tensor = tensor.transpose(0, 1);
  }
  return tensor;
}

TEST(SafetensorsTest, TenThousandRandomFilesComeBackAsTheyWere) {
  MemoryFiles files;
  const RandomStream random(1, StreamId("safetensors_test"));
  for (std::uint64_t round = 0; round < 10'000; ++round) {
    const RandomStream here = random.Substream(round);
    NamedTensors tensors;
    for (std::uint64_t i = 0; i < here.UniformInt(0, 4); ++i) {
      tensors[absl::StrCat(here.UniformInt(i + 1, 100))] =
          RandomTensor(here.Substream(i));
    }
    std::map<std::string, std::string> metadata;
    if (here.UniformInt(9, 2) == 0) metadata["round"] = absl::StrCat(round);
    ASSERT_THAT(WriteSafetensors(files, "a", tensors, metadata), IsOk());
    const auto found = LoadSafetensors(files, "a");
    ASSERT_THAT(found, IsOk());
    ASSERT_EQ(found->metadata, metadata);
    ASSERT_EQ(found->tensors.size(), tensors.size());
    for (const auto& [name, tensor] : tensors) {
      const at::Tensor& same = found->tensors.at(name);
      ASSERT_EQ(same.scalar_type(), tensor.scalar_type());
      ASSERT_EQ(same.sizes(), tensor.sizes());
      ASSERT_EQ(BytesOf(same), BytesOf(tensor));
    }
  }
}

TEST(SafetensorsTest, TensorsLieInTheMappedFileAndKeepIt) {
  MemoryFiles files;
  ASSERT_THAT(WriteSafetensors(files, "a", {{"a", at::arange(6, at::kFloat)}}),
              IsOk());
  auto file = LoadSafetensors(files, "a");
  ASSERT_THAT(file, IsOk());
  at::Tensor part = file->tensors.at("a").slice(0, 2);
  file = absl::CancelledError();
  ASSERT_THAT(files.Remove("a"), IsOk());
  EXPECT_EQ(files.open_maps(), 1);
  EXPECT_TRUE(at::equal(part, at::arange(2, 6, at::kFloat)));
  part = at::Tensor();
  EXPECT_EQ(files.open_maps(), 0);
}

TEST(SafetensorsTest, MisalignedTensorsAreCopied) {
  MemoryFiles files;
  std::string header =
      "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
      "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string file(8, '\0');
  file[0] = static_cast<char>(header.size());
  const float value = 2.5;
  std::string data(5, '\x07');
  std::memcpy(&data[1], &value, sizeof(value));
  ASSERT_THAT(files.WriteAtomically("a", file + header + data), IsOk());
  const auto loaded = LoadSafetensors(files, "a");
  ASSERT_THAT(loaded, IsOk());
  const at::Tensor& tensor = loaded->tensors.at("b");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.const_data_ptr()) % 4, 0);
  EXPECT_TRUE(at::equal(tensor, at::full({1}, 2.5)));
}

TEST(SafetensorsTest, OneTensorCanBeTakenAlone) {
  const auto file =
      SafetensorsFile::Open(Files::Real(), Golden("types.safetensors"));
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->Tensor("04.float32"), IsOk());
  EXPECT_THAT(file->Tensor("04.float31"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("did you mean \"04.float32\"?")));
}

TEST(SafetensorsTest, RefusesTensorsThatNoFileCanHold) {
  MemoryFiles files;
  EXPECT_THAT(WriteSafetensors(files, "a", {{"w", at::Tensor()}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a: tensor \"w\": is undefined"));
  EXPECT_THAT(
      WriteSafetensors(files, "a", {{"w", at::zeros({2}, at::kComplexFloat)}}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("cannot hold elements of ComplexFloat")));
  EXPECT_THAT(
      WriteSafetensors(files, "a", {{"w", at::zeros({2}).to_sparse()}}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("must be dense")));
  EXPECT_FALSE(files.Exists("a"));
}

TEST(SafetensorsTest, ParametersAreWrittenAsTheyAre) {
  MemoryFiles files;
  const at::Tensor parameter = at::arange(3, at::kFloat).requires_grad_(true);
  ASSERT_THAT(WriteSafetensors(files, "a", {{"w", parameter}}), IsOk());
  const auto loaded = LoadSafetensors(files, "a");
  ASSERT_THAT(loaded, IsOk());
  EXPECT_TRUE(at::equal(loaded->tensors.at("w"), parameter.detach()));
  EXPECT_FALSE(loaded->tensors.at("w").requires_grad());
}

TEST(SafetensorsTest, WhateverFailsLeavesTheOldFileOrTheNewOne) {
  const auto write = [](Files& files, double value) {
    return WriteSafetensors(files, "a", {{"w", at::full({2}, value)}});
  };
  FaultScenario scenario;
  scenario.prepare = [&](Files& files) {
    EXPECT_THAT(write(files, 1), IsOk());
  };
  scenario.run = [&](Files& files) { return write(files, 2); };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto file = LoadSafetensors(files, "a");
    ASSERT_THAT(file, IsOk());
    const float value = file->tensors.at("w")[0].item<float>();
    EXPECT_TRUE(value == 2 || (value == 1 && !outcome.reported_ok()));
  };
  EXPECT_GT(ForEachFault(scenario), 20u);
}

}  // namespace
}  // namespace culturemert

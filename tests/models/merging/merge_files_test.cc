#include "models/merging/merge_files.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <sys/resource.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/merging/merge_tensors.h"
#include "models/weights/safetensors.h"
#include "tools/base/config/schema.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;

at::Tensor Random(std::uint64_t seed, at::IntArrayRef shape) {
  at::Tensor tensor = at::zeros(shape, at::kFloat);
  RandomStream(seed, 0).FillNormal(
      absl::MakeSpan(tensor.data_ptr<float>(), tensor.numel()), 0);
  return tensor;
}

// The large tensor has many pages, the bias less than one.
NamedTensors RandomModel(std::uint64_t seed) {
  return {
      {"bias", Random(seed, {5})},
      {"half", Random(seed + 1, {300}).to(at::kHalf)},
      {"large", Random(seed + 2, {200, 300})},
      {"updates", at::full({2}, static_cast<std::int64_t>(seed), at::kLong)}};
}

// Writes base.safetensors and a<k>.safetensors into `folder`.
std::vector<std::string> WriteModels(Files& files, const std::string& folder,
                                     const std::vector<NamedTensors>& adapted) {
  EXPECT_THAT(
      WriteSafetensors(files, folder + "/base.safetensors", RandomModel(1)),
      IsOk());
  std::vector<std::string> paths;
  for (std::size_t k = 0; k < adapted.size(); ++k) {
    paths.push_back(absl::StrCat(folder, "/a", k, ".safetensors"));
    EXPECT_THAT(WriteSafetensors(files, paths.back(), adapted[k]), IsOk());
  }
  return paths;
}

std::unique_ptr<ThreadPool> Threads(int count) {
  absl::StatusOr<std::unique_ptr<ThreadPool>> pool = ThreadPool::Create(count);
  EXPECT_THAT(pool, IsOk());
  return *std::move(pool);
}

TEST(MergeFilesTest, EveryMethodGivesWhatMergingInMemoryGives) {
  const std::vector<NamedTensors> adapted = {RandomModel(20), RandomModel(30)};
  MemoryFiles memory;
  for (Files* files : {&Files::Real(), static_cast<Files*>(&memory)}) {
    const std::string folder = testing::TempDir() + "/merge_files";
    ASSERT_THAT(files->CreateDirectories(folder), IsOk());
    const std::vector<std::string> paths = WriteModels(*files, folder, adapted);
    for (const auto& [method, name] : ConfigNamesOf(MergeMethod())) {
      MergeOptions options;
      options.method = method;
      const std::string output = absl::StrCat(folder, "/", name);
      const std::unique_ptr<ThreadPool> pool =
          Threads(files == &memory ? 1 : 3);
      ASSERT_THAT(MergeFiles(*pool, *files, folder + "/base.safetensors", paths,
                             output, options, {{"method", name}}),
                  IsOk());
      absl::StatusOr<NamedTensors> expected =
          MergeTensors(RandomModel(1), adapted, options);
      ASSERT_THAT(expected, IsOk());
      absl::StatusOr<Safetensors> merged = LoadSafetensors(*files, output);
      ASSERT_THAT(merged, IsOk());
      EXPECT_EQ(merged->metadata.at("method"), name);
      ASSERT_EQ(merged->tensors.size(), expected->size());
      for (const auto& [tensor_name, tensor] : *expected) {
        const at::Tensor& found = merged->tensors.at(tensor_name);
        EXPECT_EQ(found.scalar_type(), tensor.scalar_type()) << tensor_name;
        EXPECT_TRUE(at::equal(found, tensor)) << name << " " << tensor_name;
      }
    }
  }
}

TEST(MergeFilesTest, TheOutputMayReplaceTheBase) {
  MemoryFiles files;
  const std::vector<NamedTensors> adapted = {RandomModel(20)};
  const std::vector<std::string> paths = WriteModels(files, "", adapted);
  MergeOptions options;
  options.scale = 0.5;
  ASSERT_THAT(MergeFiles(*Threads(2), files, "/base.safetensors", paths,
                         "/base.safetensors", options),
              IsOk());
  absl::StatusOr<NamedTensors> expected =
      MergeTensors(RandomModel(1), adapted, options);
  ASSERT_THAT(expected, IsOk());
  absl::StatusOr<Safetensors> merged =
      LoadSafetensors(files, "/base.safetensors");
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(at::equal(merged->tensors.at("large"), expected->at("large")));
}

TEST(MergeFilesTest, FilesThatDoNotFitAreNamedAndNothingIsWritten) {
  MemoryFiles files;
  NamedTensors odd = RandomModel(30);
  odd["large"] = at::zeros({300, 200});
  odd.erase("bias");
  const std::vector<std::string> paths =
      WriteModels(files, "", {RandomModel(20), odd});
  EXPECT_THAT(
      MergeFiles(*Threads(2), files, "/base.safetensors", paths, "/out", {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("/a1.safetensors does not fit "
                               "/base.safetensors"),
                     HasSubstr("missing tensor: bias"),
                     HasSubstr("large is [300, 200], expected [200, 300]"))));
  EXPECT_FALSE(files.Exists("/out"));
  EXPECT_THAT(MergeFiles(*Threads(2), files, "/base.safetensors", {"/gone"},
                         "/out", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/gone")));
}

std::int64_t PeakResidentBytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

TEST(MergeFilesTest, MemoryForAFewTensorsIsEnoughForLargeModels) {
  const std::string folder = testing::TempDir() + "/large";
  Files& files = Files::Real();
  ASSERT_THAT(files.CreateDirectories(folder), IsOk());
  // 32 tensors of 2 MB share their memory here, but not in the files.
  const at::Tensor shared = Random(1, {1 << 19});
  NamedTensors model;
  for (int i = 0; i < 32; ++i) model[absl::StrCat("t", i)] = shared;
  std::vector<std::string> paths;
  for (const char* name : {"base", "a", "b"}) {
    paths.push_back(absl::StrCat(folder, "/", name));
    ASSERT_THAT(WriteSafetensors(files, paths.back(), model), IsOk());
  }
  const std::int64_t before = PeakResidentBytes();
  ASSERT_THAT(MergeFiles(*Threads(2), files, paths[0], {paths[1], paths[2]},
                         folder + "/merged", {}),
              IsOk());
  // Where writing is slow: 24 MB that wait for it, three inputs and a result of
  // 2 MB for each of two threads, and as much again as the allocator may keep
  // of what was freed. The three files have 192 MB.
  EXPECT_LT(PeakResidentBytes() - before, (24 + 16 + 16) << 20);
}

}  // namespace
}  // namespace culturemert

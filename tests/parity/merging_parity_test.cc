// Merged models against PyTorch's task arithmetic and NumPy in float32: the
// same bits, in memory and from file to file.

#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/merging/merge_files.h"
#include "models/merging/merge_options.h"
#include "models/merging/merge_tensors.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/safetensors.h"
#include "tests/parity/case_folder.h"
#include "tests/parity/parity_report.h"
#include "tools/base/config/config.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

NamedTensors Load(const std::string& path) {
  absl::StatusOr<Safetensors> file = LoadSafetensors(Files::Real(), path);
  EXPECT_THAT(file, IsOk());
  return file.ok() ? file->tensors : NamedTensors();
}

MergeOptions OptionsOf(nlohmann::json options) {
  options.erase("models");
  absl::StatusOr<MergeOptions> read =
      ParseConfig<MergeOptions>(options.dump(), "case.json");
  EXPECT_THAT(read, IsOk());
  return read.value_or(MergeOptions());
}

// How many of all elements differ in any bit (NaN aside).
std::int64_t CountUnequal(const NamedTensors& merged,
                          const NamedTensors& expected) {
  EXPECT_EQ(merged.size(), expected.size());
  std::int64_t unequal = 0;
  for (const auto& [name, tensor] : expected) {
    const auto found = merged.find(name);
    if (found == merged.end() || found->second.sizes() != tensor.sizes() ||
        found->second.scalar_type() != tensor.scalar_type()) {
      ADD_FAILURE() << name << " is missing or of another shape or type";
      continue;
    }
    unequal += found->second.ne(tensor).sum().item<std::int64_t>();
  }
  return unequal;
}

TEST(MergingParityTest, EveryMethodGivesTheOriginalsBits) {
  const std::string folder = CaseFolder("merging");
  const nlohmann::json parity_case = ReadCase(folder);
  const NamedTensors base = Load(folder + "/base.safetensors");
  ASSERT_FALSE(parity_case["cases"].empty());
  const absl::StatusOr<std::unique_ptr<ThreadPool>> pool =
      ThreadPool::Create(2);
  ASSERT_THAT(pool, IsOk());
  for (const auto& [name, json] : parity_case["cases"].items()) {
    const MergeOptions options = OptionsOf(json);
    std::vector<NamedTensors> adapted;
    std::vector<std::string> paths;
    for (int k = 0; k < json["models"].get<int>(); ++k) {
      paths.push_back(absl::StrCat(folder, "/adapted_", k, ".safetensors"));
      adapted.push_back(Load(paths.back()));
    }
    const NamedTensors expected =
        Load(absl::StrCat(folder, "/expected_", name, ".safetensors"));
    absl::StatusOr<NamedTensors> merged = MergeTensors(base, adapted, options);
    ASSERT_THAT(merged, IsOk()) << name;
    ReportParity("merging", absl::StrCat(name, "_unequal_elements"),
                 static_cast<double>(CountUnequal(*merged, expected)), 0);

    const std::string output =
        absl::StrCat(testing::TempDir(), "/merged_", name, ".safetensors");
    ASSERT_THAT(MergeFiles(**pool, Files::Real(), folder + "/base.safetensors",
                           paths, output, options),
                IsOk());
    ReportParity("merging", absl::StrCat(name, "_unequal_elements_of_files"),
                 static_cast<double>(CountUnequal(Load(output), expected)), 0);
  }
}

}  // namespace
}  // namespace culturemert

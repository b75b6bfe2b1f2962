// Task arithmetic from file to file: four adapted models of MERT-95M's size.

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "models/merging/merge_files.h"
#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/safetensors.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr int kModels = 4;

NamedTensors RandomEncoder(std::uint64_t seed) {
  NamedTensors tensors;
  std::uint64_t index = 0;
  for (const TensorSpec& spec : MertEncoderTensors(MertConfig())) {
    at::Tensor tensor = at::empty(spec.shape, at::kFloat);
    const auto count = static_cast<std::size_t>(tensor.numel());
    RandomStream(seed, 0).FillUniform(
        absl::MakeSpan(tensor.mutable_data_ptr<float>(), count), index);
    index += count;
    tensors.emplace(spec.name, tensor);
  }
  return tensors;
}

void CheckOk(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

// Files 0 (the base) to kModels of a folder that is removed at the end.
class ModelFiles {
 public:
  ModelFiles()
      : folder_(absl::StrCat(std::filesystem::temp_directory_path().string(),
                             "/merging_benchmark.", getpid())) {
    CheckOk(Files::Real().CreateDirectories(folder_));
    for (int k = 0; k <= kModels; ++k) {
      CheckOk(WriteSafetensors(Files::Real(), Path(k),
                               RandomEncoder(static_cast<std::uint64_t>(k))));
    }
  }
  ~ModelFiles() { Files::Real().RemoveTree(folder_).IgnoreError(); }

  std::string Path(int k) const {
    return absl::StrCat(folder_, "/", k, ".safetensors");
  }
  std::string Output() const { return folder_ + "/merged.safetensors"; }

 private:
  const std::string folder_;
};

// What is written is synced to the disk too.
void BM_TaskArithmetic(benchmark::State& state) {
  const absl::StatusOr<std::unique_ptr<ThreadPool>> pool =
      ThreadPool::Create(static_cast<int>(state.range(0)));
  CheckOk(pool.status());
  static const ModelFiles files;
  std::vector<std::string> adapted;
  for (int k = 1; k <= kModels; ++k) adapted.push_back(files.Path(k));
  for (auto _ : state) {
    CheckOk(MergeFiles(**pool, Files::Real(), files.Path(0), adapted,
                       files.Output(), MergeOptions()));
  }
}
BENCHMARK(BM_TaskArithmetic)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace culturemert

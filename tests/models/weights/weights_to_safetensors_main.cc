// Reads a file of weights in any format and writes it as safetensors, telling
// how long each took; compare_with_python.py runs it.

#include <chrono>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "models/weights/safetensors.h"
#include "models/weights/weights_file.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

// Reads one byte of each page, so that all of it is in memory.
unsigned Touch(const NamedTensors& tensors) {
  constexpr std::size_t kPageBytes = 4096;
  unsigned sum = 0;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.numel() == 0) continue;
    const auto* const bytes =
        static_cast<const unsigned char*>(tensor.const_data_ptr());
    const std::size_t size = tensor.is_contiguous() ? tensor.nbytes() : 1;
    for (std::size_t i = 0; i < size; i += kPageBytes) sum += bytes[i];
  }
  return sum;
}

absl::Status Convert(const char* from, const char* to) {
  Files& files = Files::Real();
  auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const WeightsFile file, LoadWeightsFile(files, from));
  const double load_seconds = SecondsSince(start);
  start = std::chrono::steady_clock::now();
  const unsigned sum = Touch(file.tensors);
  const double touch_seconds = SecondsSince(start);
  start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(WriteSafetensors(files, to, file.tensors, file.metadata));
  std::printf(
      "%s: %zu tensors, loaded in %.4f s, touched in %.4f s (%u), "
      "written in %.4f s\n",
      std::string(WeightsFileKindName(file.kind)).c_str(), file.tensors.size(),
      load_seconds, touch_seconds, sum, SecondsSince(start));
  for (const auto& [name, strings] : file.string_lists) {
    std::printf("  %zu strings: %s\n", strings.size(), name.c_str());
  }
  for (const std::string& name : file.opaque) {
    std::printf("  kept closed: %s\n", name.c_str());
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s FROM TO.safetensors\n", argv[0]);
    return 2;
  }
  const absl::Status status = culturemert::Convert(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

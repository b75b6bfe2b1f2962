#include "models/device/device.h"

#include <cstddef>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::Status CheckName(absl::string_view name, int* index) {
  *index = 0;
  if (name == "auto" || name == "cpu" || name == "cuda") {
    return absl::OkStatus();
  }
  if (absl::ConsumePrefix(&name, "cuda:") && absl::SimpleAtoi(name, index) &&
      *index >= 0 && *index < 128 && absl::StrCat(*index) == name) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "expected auto, cpu, cuda or cuda:<number of the GPU>");
}

}  // namespace

absl::StatusOr<c10::Device> SelectDevice(
    absl::string_view name, const absl::StatusOr<CudaBackend>& backend) {
  int index = 0;
  RETURN_IF_ERROR(
      Annotate(CheckName(name, &index), absl::StrCat("device '", name, "'")));
  const c10::Device cpu(c10::DeviceType::CPU);
  if (name == "cpu" || (name == "auto" && !backend.ok())) return cpu;
  RETURN_IF_ERROR(Annotate(backend, absl::StrCat("device '", name, "'")));
  const std::size_t gpus = backend->driver.gpus.size();
  if (static_cast<std::size_t>(index) >= gpus) {
    return absl::NotFoundError(
        absl::StrCat("device '", name, "': this machine has ", gpus,
                     gpus == 1 ? " GPU, cuda:0" : " GPUs, cuda:0 to cuda:",
                     gpus == 1 ? "" : absl::StrCat(gpus - 1)));
  }
  return c10::Device(c10::DeviceType::CUDA,
                     static_cast<c10::DeviceIndex>(index));
}

absl::StatusOr<c10::Device> SelectDevice(absl::string_view name) {
  static const auto& unasked = *new absl::StatusOr<CudaBackend>(
      absl::NotFoundError("the CPU was asked for"));
  return SelectDevice(name, name == "cpu" ? unasked : ProcessCudaBackend());
}

}  // namespace culturemert

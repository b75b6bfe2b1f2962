#include "models/device/device.h"

#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/device/cuda_backend.h"
#include "models/device/runtime.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr char kTwoGpus[] = "tests/models/device/libtwo_gpus_driver.so";

absl::StatusOr<CudaBackend> BackendWith(int gpus) {
  CudaBackend backend;
  backend.driver.gpus.resize(gpus);
  return backend;
}

absl::StatusOr<CudaBackend> NoBackend() {
  return absl::NotFoundError("no NVIDIA driver");
}

const c10::Device kCpu(c10::DeviceType::CPU);

c10::Device Cuda(int index) {
  return c10::Device(c10::DeviceType::CUDA,
                     static_cast<c10::DeviceIndex>(index));
}

TEST(SelectDeviceTest, AutoTakesTheFirstGpuOrElseTheCpu) {
  EXPECT_THAT(SelectDevice("auto", BackendWith(2)), IsOkAndHolds(Cuda(0)));
  EXPECT_THAT(SelectDevice("auto", NoBackend()), IsOkAndHolds(kCpu));
}

TEST(SelectDeviceTest, CpuIsTheCpuEvenWhereThereIsAGpu) {
  EXPECT_THAT(SelectDevice("cpu", BackendWith(2)), IsOkAndHolds(kCpu));
  EXPECT_THAT(SelectDevice("cpu"), IsOkAndHolds(kCpu));
}

TEST(SelectDeviceTest, CudaNeverFallsBackToTheCpu) {
  EXPECT_THAT(SelectDevice("cuda", BackendWith(1)), IsOkAndHolds(Cuda(0)));
  EXPECT_THAT(
      SelectDevice("cuda", NoBackend()),
      StatusIs(absl::StatusCode::kNotFound, "device 'cuda': no NVIDIA driver"));
}

TEST(SelectDeviceTest, AGpuIsChosenByItsNumber) {
  EXPECT_THAT(SelectDevice("cuda:1", BackendWith(2)), IsOkAndHolds(Cuda(1)));
  EXPECT_THAT(SelectDevice("cuda:2", BackendWith(2)),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("this machine has 2 GPUs, cuda:0 to cuda:1")));
  EXPECT_THAT(SelectDevice("cuda:1", BackendWith(1)),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("this machine has 1 GPU, cuda:0")));
}

TEST(SelectDeviceTest, OtherNamesAreRefused) {
  for (const char* name :
       {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:01", "cuda: 1", "cuda:1x",
        "cuda:999999999999", "cpu:0"}) {
    EXPECT_THAT(SelectDevice(name, BackendWith(2)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(std::string("'") + name + "'"),
                               HasSubstr("expected auto, cpu, cuda"))))
        << name;
  }
}

TEST(CudaBackendTest, WithoutAGpuNothingIsLoaded) {
  EXPECT_THAT(
      LoadCudaBackend("libnosuchdriver.so.1", {"libmust_not_be_loaded.so"}),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("no NVIDIA driver")));
}

TEST(CudaBackendTest, AMissingCudaHalfNamesGpuPlacesAndRemedy) {
  EXPECT_THAT(
      LoadCudaBackend(kTwoGpus, {"libno1_torch_cuda.so", "libno2.so"}),
      StatusIs(absl::StatusCode::kNotFound,
               AllOf(HasSubstr("Large GPU"), HasSubstr("libno1_torch_cuda.so"),
                     HasSubstr("libno2.so"),
                     HasSubstr("pip install torch==2.11.0"))));
}

TEST(CudaBackendTest, ALibraryThatRegistersNothingIsRefused) {
  EXPECT_THAT(LoadCudaBackend(kTwoGpus, {kTwoGpus}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("libtwo_gpus_driver.so"),
                             HasSubstr("can use no GPU through it"))));
}

TEST(CudaBackendTest, LooksBesideLibtorchCpuAndInLibtorch) {
  setenv("LIBTORCH", "/opt/some_torch", 1);
  EXPECT_THAT(CudaLibraryCandidates(),
              Contains("/opt/some_torch/lib/libtorch_cuda.so"));
  unsetenv("LIBTORCH");
  EXPECT_THAT(CudaLibraryCandidates(),
              Contains(EndsWith("/lib/libtorch_cuda.so")));
}

TEST(RuntimeTest, TheLoadedLibraryIsTheOneBuiltAgainst) {
  const TorchRuntime runtime = QueryTorchRuntime();
  EXPECT_EQ(runtime.loaded, runtime.built_against);
  EXPECT_GE(runtime.threads, 1);
  EXPECT_THAT(runtime.cpu_capability,
              AnyOf("DEFAULT", "AVX2", "AVX512", "NO AVX"));
}

}  // namespace
}  // namespace culturemert

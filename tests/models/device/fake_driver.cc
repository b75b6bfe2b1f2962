// Stands in for libcuda.so.1 in tests: just the functions that are asked of it.

#include <cstddef>
#include <cstring>

namespace {

constexpr int kNoDevice = 100;
constexpr int kNotInitialised = 3;
constexpr int kMajor = 75;
constexpr int kMinor = 76;

#ifdef FAKE_DRIVER_NO_GPU
constexpr int kInitResult = kNoDevice;
#else
constexpr int kInitResult = 0;
#endif
#ifdef FAKE_DRIVER_FAILING
constexpr int kCountResult = kNotInitialised;
#else
constexpr int kCountResult = 0;
#endif

}  // namespace

extern "C" {

int cuInit(unsigned) { return kInitResult; }

int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}

int cuDeviceGetCount(int* count) {
  *count = 2;
  return kCountResult;
}

int cuDeviceGet(int* device, int index) {
  *device = 10 + index;
  return 0;
}

int cuDeviceGetName(char* name, int size, int device) {
  std::strncpy(name, device == 10 ? "Large GPU" : "Small GPU", size);
  return 0;
}

#ifndef FAKE_DRIVER_INCOMPLETE
int cuDeviceTotalMem_v2(std::size_t* memory_bytes, int device) {
  *memory_bytes = device == 10 ? std::size_t{80} << 30 : std::size_t{24} << 30;
  return 0;
}
#endif

int cuDeviceGetAttribute(int* value, int attribute, int device) {
  if (attribute == kMajor) *value = device == 10 ? 9 : 8;
  if (attribute == kMinor) *value = device == 10 ? 0 : 6;
  return 0;
}

}  // extern "C"

#include "tests/parity/parity_cases.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "datasets/audio/audio_file.h"
#include "tools/base/files/files.h"
#include "tools/base/formats/npy.h"
#include "tools/base/formats/npy_header.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::cerr << value.status().message() << "\n";
    std::abort();
  }
  return *std::move(value);
}

absl::StatusOr<at::ScalarType> ScalarTypeOf(NpyType type) {
  switch (type) {
    case NpyType::kBool:
      return at::kBool;
    case NpyType::kInt8:
      return at::kChar;
    case NpyType::kInt16:
      return at::kShort;
    case NpyType::kInt32:
      return at::kInt;
    case NpyType::kInt64:
      return at::kLong;
    case NpyType::kUint8:
      return at::kByte;
    case NpyType::kFloat16:
      return at::kHalf;
    case NpyType::kFloat32:
      return at::kFloat;
    case NpyType::kFloat64:
      return at::kDouble;
    case NpyType::kUint16:
    case NpyType::kUint32:
    case NpyType::kUint64:
      break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no tensor holds ", NpyTypeName(type)));
}

absl::StatusOr<at::Tensor> ReadNpyTensor(absl::string_view path) {
  ASSIGN_OR_RETURN(const NpyArray array, ReadNpy(Files::Real(), path));
  const NpyView& view = array.view();
  ASSIGN_OR_RETURN(const at::ScalarType type,
                   Annotate(ScalarTypeOf(view.dtype), path));
  const std::vector<std::int64_t> shape(view.shape.begin(), view.shape.end());
  at::Tensor tensor = at::empty(shape, type);
  if (!view.data.empty()) {
    std::memcpy(tensor.data_ptr(), view.data.data(), view.data.size());
  }
  return tensor;
}

absl::StatusOr<at::Tensor> ReadAudioTensor(absl::string_view path) {
  ASSIGN_OR_RETURN(const MonoAudio audio, LoadMono(Files::Real(), path));
  at::Tensor samples =
      at::empty({static_cast<std::int64_t>(audio.samples.size())}, at::kFloat);
  if (!audio.samples.empty()) {
    std::memcpy(samples.data_ptr(), audio.samples.data(),
                audio.samples.size() * sizeof(float));
  }
  return samples;
}

}  // namespace

at::Tensor ReadNpy(absl::string_view path) {
  return OrDie(ReadNpyTensor(path));
}

at::Tensor ReadAudio(absl::string_view path) {
  return OrDie(ReadAudioTensor(path));
}

}  // namespace culturemert

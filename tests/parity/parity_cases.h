// The cases of the published implementations, read as tensors.
//
//   const std::string folder = CaseFolder("encodec");
//   const nlohmann::json parity_case = ReadCase(folder);
//   const at::Tensor audio = ReadAudio(folder + "/audio_music.wav");
//   const at::Tensor codes = ReadNpy(folder + "/codes_music.npy");
//
// What cannot be read ends the program with the reason.

#ifndef CULTUREMERT_TESTS_PARITY_PARITY_CASES_H_
#define CULTUREMERT_TESTS_PARITY_PARITY_CASES_H_

#include <ATen/core/Tensor.h>

#include "absl/strings/string_view.h"
#include "tests/parity/case_folder.h"  // IWYU pragma: export

namespace culturemert {

// The array in its own shape and type: bool, int8 to int64, uint8, float16,
// float32 or float64.
at::Tensor ReadNpy(absl::string_view path);

// [samples] float32 of a mono file at 24 kHz, as the file holds them.
at::Tensor ReadAudio(absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_PARITY_PARITY_CASES_H_

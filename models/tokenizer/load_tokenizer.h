// A tokenizer from its weights, of whatever kind they are.

#ifndef CULTUREMERT_MODELS_TOKENIZER_LOAD_TOKENIZER_H_
#define CULTUREMERT_MODELS_TOKENIZER_LOAD_TOKENIZER_H_

#include <c10/core/Device.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/tokenizer/tokenizer.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Told by the content: what KmeansTokenizer::Save writes, else EnCodec's
// weights as LoadEncodecCheckpoint reads them, which are taken to `device` and
// encode pieces of 30 s, or with `whole_files` the audio as a whole.
absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(
    Files& files, absl::string_view path, c10::Device device,
    bool whole_files = false);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_TOKENIZER_LOAD_TOKENIZER_H_

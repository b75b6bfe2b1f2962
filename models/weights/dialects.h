// The ways published checkpoints name the tensors of the same model: a dialect
// each, with the table that turns its names into the suite's. Free of LibTorch.
//
// The suite's names are those of the Hugging Face checkpoints with the older
// spelling of weight norm (weight_g, weight_v); the pre-training heads, which
// those lack, keep their names in fairseq: final_proj, label_embs_concat,
// encoder_cqt_model.fc.

#ifndef CULTUREMERT_MODELS_WEIGHTS_DIALECTS_H_
#define CULTUREMERT_MODELS_WEIGHTS_DIALECTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/weights/name_map.h"

namespace culturemert {

struct Dialect {
  const char* name;       // "fairseq"
  const char* described;  // "fairseq's MERT checkpoint"
  // A pattern that a name of this dialect matches, and none of another dialect
  // of the same model.
  const char* signature;
  absl::Span<const NameRule> rules;
};

// "huggingface" (modeling_hubert.py and modeling_MERT.py of transformers 4 and
// 5, either spelling of weight norm, alone or as `hubert.` in a larger model)
// and "fairseq" (mert_model.py of github.com/yizhilll/MERT).
absl::Span<const Dialect> MertDialects();

// "encodec" (the encodec package's state dict) and "huggingface"
// (modeling_encodec.py of transformers). The decoder and the statistics with
// which codebooks are trained, which the suite does not use, are left out.
absl::Span<const Dialect> EncodecDialects();

// The dialect in which most of `names` match the signature, told by the names
// alone. kInvalidArgument where none matches, saying which models are known and
// the first names found.
absl::StatusOr<const Dialect*> SniffDialect(
    absl::Span<const Dialect> dialects, absl::Span<const std::string> names);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_DIALECTS_H_

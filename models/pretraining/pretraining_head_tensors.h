// The tensors of the pre-training heads: names and shapes. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_HEAD_TENSORS_H_
#define CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_HEAD_TENSORS_H_

#include <vector>

#include "models/mert/mert_config.h"
#include "models/tensors/tensor_spec.h"

namespace culturemert {

// Under their names in fairseq's checkpoint, sorted by name; D = hidden_size,
// K = codebooks, C = codes, H = head_size:
//
//   encoder_cqt_model.fc.bias    [cqt_bins]
//   encoder_cqt_model.fc.weight  [cqt_bins, D]
//   final_proj.bias              [K * H]
//   final_proj.weight            [K * H, D]; H rows a book
//   label_embs_concat            [K * C, H]; row k * C + c is code c of book k
//
// The published checkpoint's label_embs_concat has 1028 rows a book: the first
// four are fairseq's special symbols, which are never targets and have no place
// here (models/weights drops them).
std::vector<TensorSpec> PretrainingHeadTensors(const MertConfig& config);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_HEAD_TENSORS_H_

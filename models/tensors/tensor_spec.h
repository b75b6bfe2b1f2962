// What a model expects of one of its tensors. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_TENSORS_TENSOR_SPEC_H_
#define CULTUREMERT_MODELS_TENSORS_TENSOR_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

namespace culturemert {

struct TensorSpec {
  std::string name;                 // "encoder.layer_norm.weight"
  std::vector<std::int64_t> shape;  // {768}
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_TENSORS_TENSOR_SPEC_H_

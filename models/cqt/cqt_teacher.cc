#include "models/cqt/cqt_teacher.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/cqt/cqt_audio.h"
#include "models/cqt/cqt_options.h"
#include "models/cqt/cqt_tables.h"
#include "models/cqt/fast_cqt.h"
#include "models/cqt/tensor_cqt.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using cqt_internal::BuildCqtTables;
using cqt_internal::CqtTables;
using cqt_internal::CqtTableTensors;

// The tables of one type, and their copies on the devices they were used on.
template <typename T>
class TableCache {
 public:
  // Built by the first call.
  absl::StatusOr<const CqtTables<T>*> Tables(const CqtOptions& options) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (tables_ == nullptr) {
      ASSIGN_OR_RETURN(CqtTables<T> tables, BuildCqtTables<T>(options));
      tables_ = std::make_unique<const CqtTables<T>>(std::move(tables));
    }
    return tables_.get();
  }

  // After Tables. Throws LibTorch's exceptions.
  const CqtTableTensors& Tensors(c10::Device device) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::unique_ptr<const CqtTableTensors>& tensors = tensors_[device.str()];
    if (tensors == nullptr) {
      tensors = std::make_unique<const CqtTableTensors>(
          cqt_internal::UploadCqtTables(*tables_, device));
    }
    return *tensors;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<const CqtTables<T>> tables_;
  std::map<std::string, std::unique_ptr<const CqtTableTensors>> tensors_;
};

class TableCqtTeacher : public CqtTeacher {
 public:
  explicit TableCqtTeacher(const CqtOptions& options) : options_(options) {}

  absl::Status Prepare() { return float_tables_.Tables(options_).status(); }

  absl::StatusOr<at::Tensor> Magnitudes(
      const at::Tensor& audio) const override {
    return Compute(audio, /*by_tensor_operations=*/false);
  }

  absl::StatusOr<at::Tensor> MagnitudesByTensorOperations(
      const at::Tensor& audio) const override {
    return Compute(audio, /*by_tensor_operations=*/true);
  }

  const CqtOptions& options() const override { return options_; }

 private:
  absl::StatusOr<at::Tensor> Compute(const at::Tensor& audio,
                                     bool by_tensor_operations) const {
    return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
      RETURN_IF_ERROR(CheckCqtAudio(audio));
      return audio.scalar_type() == at::kFloat
                 ? ComputeWith(&float_tables_, audio, by_tensor_operations)
                 : ComputeWith(&double_tables_, audio, by_tensor_operations);
    });
  }

  template <typename T>
  absl::StatusOr<at::Tensor> ComputeWith(TableCache<T>* cache,
                                         const at::Tensor& audio,
                                         bool by_tensor_operations) const {
    ASSIGN_OR_RETURN(const CqtTables<T>* tables, cache->Tables(options_));
    const at::Tensor samples = audio.detach();
    if (samples.is_cpu() && !by_tensor_operations) {
      return cqt_internal::FastCqt(*tables, samples.contiguous());
    }
    return cqt_internal::TensorCqt(*tables, cache->Tensors(samples.device()),
                                   samples);
  }

  const CqtOptions options_;
  mutable TableCache<float> float_tables_;
  mutable TableCache<double> double_tables_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CqtTeacher>> CqtTeacher::Create(
    const CqtOptions& options) {
  auto teacher = std::make_unique<TableCqtTeacher>(options);
  RETURN_IF_ERROR(teacher->Prepare());
  return teacher;
}

}  // namespace culturemert

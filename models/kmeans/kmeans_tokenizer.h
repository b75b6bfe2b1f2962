// A Tokenizer that needs no pretrained weights: residual k-means of hand-made
// frame features, fitted to any corpus in a minute.
//
//   ASSIGN_OR_RETURN(const auto features, FrameFeatures::Create(kFeature));
//   ...                                         // frames [N, F] of a corpus
//   ASSIGN_OR_RETURN(const auto tokenizer,
//                    KmeansTokenizer::Fit(kFeature, frames, options));
//   RETURN_IF_ERROR(tokenizer->Save(files, "kmeans.safetensors"));
//
// MERT's k-means variant has one book of log-mel and one of chroma clusters.
// Here both families are one vector, each feature brought to mean 0 and
// variance 1 and each family to the same total variance, and the books are
// residual, as EnCodec's: any number of books, coarse to fine, each worth
// predicting beside the others, and no second set of settings.

#ifndef CULTUREMERT_MODELS_KMEANS_KMEANS_TOKENIZER_H_
#define CULTUREMERT_MODELS_KMEANS_KMEANS_TOKENIZER_H_

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/kmeans/frame_features.h"
#include "models/kmeans/residual_kmeans.h"
#include "models/tokenizer/tokenizer.h"
#include "tools/base/files/files.h"

namespace culturemert {

// What a corpus is tokenized by unless it says otherwise.
inline constexpr FrameFeature kDefaultFrameFeature =
    FrameFeature::kLogMelAndChroma;

class KmeansTokenizer : public Tokenizer {
 public:
  // `frames`: [N, F] as FrameFeatures of `feature` gives them, not normalised.
  // Errors and determinism: those of ResidualKmeans::Fit; kInvalidArgument for
  // another F.
  static absl::StatusOr<std::unique_ptr<KmeansTokenizer>> Fit(
      FrameFeature feature, const at::Tensor& frames,
      const ResidualKmeansOptions& options);

  // What Save wrote. Errors, with the path: those of LoadSafetensors;
  // kInvalidArgument for metadata, names, shapes or values that Save does not
  // write.
  static absl::StatusOr<std::unique_ptr<KmeansTokenizer>> Load(
      Files& files, absl::string_view path);

  // A safetensors file: "books" float32 [books, codes, F], "mean" and "scale"
  // [F]; metadata "format", "version" and "feature". Equal tokenizers give
  // equal bytes. Errors: those of WriteSafetensors.
  absl::Status Save(Files& files, absl::string_view path) const;

  // Computed on the CPU wherever the audio is.
  absl::StatusOr<at::Tensor> Codes(const at::Tensor& audio) const override;
  int books() const override;
  int codes_per_book() const override;

  // "kmeans:feature=log_mel+chroma:books=8:codes=1024:xxh3=0f3c...", the hash
  // that of mean, scale and books.
  std::string identity() const override { return identity_; }

  FrameFeature feature() const { return feature_; }

 private:
  KmeansTokenizer(FrameFeature feature, std::unique_ptr<FrameFeatures> features,
                  const at::Tensor& mean, const at::Tensor& scale,
                  ResidualKmeans kmeans);

  static absl::StatusOr<std::unique_ptr<KmeansTokenizer>> Create(
      FrameFeature feature, const at::Tensor& mean, const at::Tensor& scale,
      ResidualKmeans kmeans);

  const FrameFeature feature_;
  const std::unique_ptr<FrameFeatures> features_;
  const at::Tensor mean_;   // float32 [F]
  const at::Tensor scale_;  // float32 [F]
  const ResidualKmeans kmeans_;
  const std::string identity_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_KMEANS_KMEANS_TOKENIZER_H_

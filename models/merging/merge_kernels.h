// Merging several fine-tuned versions of one model, on the elements of one
// tensor. Free of LibTorch.
//
// Everything is IEEE single precision, element by element and in the order
// stated, without fused multiply-add: NumPy doing the same in float32 gives the
// same bits. b is the base's element, a_k that of the k-th adapted model,
// tau_k = a_k - b its task vector's. All spans of one call have one size; `out`
// may be the base or one of the models.

#ifndef CULTUREMERT_MODELS_MERGING_MERGE_KERNELS_H_
#define CULTUREMERT_MODELS_MERGING_MERGE_KERNELS_H_

#include "absl/types/span.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// The elements of one tensor in each adapted model.
using AdaptedValues = absl::Span<const absl::Span<const float>>;

// b + scale * (((tau_0 + tau_1) + tau_2) + ...), as "Editing models with task
// arithmetic" (Ilharco et al., ICLR 2023) and its task_vectors.py define it.
void AddTaskVectors(absl::Span<const float> base, AdaptedValues adapted,
                    float scale, absl::Span<float> out);

// (((a_0 + a_1) + a_2) + ...) / n.
void AverageModels(AdaptedValues adapted, absl::Span<float> out);

// TIES ("TIES-Merging", Yadav et al., NeurIPS 2023): tau_k counts as 0 where
// |tau_k| < thresholds[k]; the sign of the sum ((tau_0 + tau_1) + ...) is
// elected; the tau_k of that sign, added in order, are divided by how many
// there are; out = b + scale * that. Where the sum is 0 no sign is elected and
// out = b (the authors' code lets the majority of the whole vector decide
// there).
void MergeTies(absl::Span<const float> base, AdaptedValues adapted,
               absl::Span<const float> thresholds, float scale,
               absl::Span<float> out);

// DARE ("Language models are super Mario", Yu et al., ICML 2024): tau_k counts
// as 0 where streams[k].UniformFloat(i) < drop_rate, i being the place of the
// element, and as tau_k * rescale elsewhere, rescale = 1 / (1 - drop_rate);
// out = b + scale * their sum in order. 0 <= drop_rate < 1.
void MergeDare(absl::Span<const float> base, AdaptedValues adapted,
               absl::Span<const RandomStream> streams, float drop_rate,
               float scale, absl::Span<float> out);

// Spherical linear interpolation (Shoemake, SIGGRAPH 1985) from `first` to
// `second`, seen as one vector each: wa * first + wb * second with
//   wa = sin((1 - t) w) / sin(w),  wb = sin(t w) / sin(w),
// w being the angle between them, whose cosine comes from three dot products in
// double precision, added from the first element to the last. Where sin(w)
// <= 1e-6 or one of them is 0 the weights are 1 - t and t.
struct SphericalWeights {
  float first = 0;
  float second = 0;
};
SphericalWeights SphericalWeightsOf(absl::Span<const float> first,
                                    absl::Span<const float> second, double t);
void InterpolateSpherically(absl::Span<const float> first,
                            absl::Span<const float> second, double t,
                            absl::Span<float> out);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERGING_MERGE_KERNELS_H_

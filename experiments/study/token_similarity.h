// How alike the sets' codes are: the published explanation of which culture
// helps which (CultureMERT, section 5) is that they share tokens.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_TOKEN_SIMILARITY_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_TOKEN_SIMILARITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "experiments/artifacts/plan.h"

namespace culturemert {

inline constexpr char kTokenSimilarityNodeId[] = "token_similarity";
inline constexpr char kTokenSimilarityName[] = "token_similarity.json";

// The Jensen-Shannon distance of two histograms taken as distributions: the
// square root of their divergence in bits, from 0 (equal) to 1 (no code in
// common). NaN where one is empty.
double JensenShannonDistance(absl::Span<const std::uint64_t> first,
                             absl::Span<const std::uint64_t> second);

// The cosine of the angle between them, from 0 to 1. NaN where one is empty.
double CosineSimilarity(absl::Span<const std::uint64_t> first,
                        absl::Span<const std::uint64_t> second);

// Of every pair of datasets both numbers, as the mean over the books and of
// book 0 alone: a list of objects (first, second, js_mean, js_first_book,
// cosine_mean, cosine_first_book).
PlanNode TokenSimilarityNode(const std::vector<std::string>& datasets);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_TOKEN_SIMILARITY_H_

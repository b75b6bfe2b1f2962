#include "experiments/study/token_similarity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "datasets/codes/code_store.h"
#include "experiments/study/data_nodes.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

// [books][codes]
using Histograms = std::vector<std::vector<std::uint64_t>>;

double Total(absl::Span<const std::uint64_t> histogram) {
  return std::accumulate(histogram.begin(), histogram.end(), 0.0);
}

// p log2(p / m), 0 for p = 0.
double Term(double p, double m) { return p > 0 ? p * std::log2(p / m) : 0; }

template <typename Measure>
double MeanOverBooks(const Histograms& first, const Histograms& second,
                     Measure measure) {
  double sum = 0;
  for (std::size_t book = 0; book < first.size(); ++book) {
    sum += measure(first[book], second[book]);
  }
  return sum / static_cast<double>(first.size());
}

json PairOf(const std::string& first_name, const Histograms& first,
            const std::string& second_name, const Histograms& second) {
  return {{"first", first_name},
          {"second", second_name},
          {"js_mean", MeanOverBooks(first, second, JensenShannonDistance)},
          {"js_first_book", JensenShannonDistance(first[0], second[0])},
          {"cosine_mean", MeanOverBooks(first, second, CosineSimilarity)},
          {"cosine_first_book", CosineSimilarity(first[0], second[0])}};
}

absl::StatusOr<Histograms> HistogramsOf(const ActionContext& action,
                                        const std::string& dataset) {
  ASSIGN_OR_RETURN(const std::string folder, action.Input(dataset));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<CodeStore> store,
      CodeStore::Open(*action.files, JoinPath(folder, kCodesFolderName)));
  Histograms histograms;
  for (int book = 0; book < store->format().books; ++book) {
    histograms.push_back(store->Histogram(book));
  }
  return histograms;
}

absl::StatusOr<json> Measure(const ActionContext& action,
                             const std::vector<std::string>& datasets) {
  std::vector<Histograms> histograms;
  for (const std::string& dataset : datasets) {
    ASSIGN_OR_RETURN(Histograms of_dataset, HistogramsOf(action, dataset));
    histograms.push_back(std::move(of_dataset));
  }
  json pairs = json::array();
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    for (std::size_t k = i + 1; k < datasets.size(); ++k) {
      pairs.push_back(
          PairOf(datasets[i], histograms[i], datasets[k], histograms[k]));
    }
  }
  ASSIGN_OR_RETURN(const std::string text,
                   CanonicalJson(pairs, JsonLayout::kIndented));
  RETURN_IF_ERROR(action.files->WriteAtomically(
      JoinPath(action.directory, kTokenSimilarityName),
      absl::StrCat(text, "\n")));
  return json{{"pairs", pairs.size()}};
}

}  // namespace

double JensenShannonDistance(absl::Span<const std::uint64_t> first,
                             absl::Span<const std::uint64_t> second) {
  const double first_total = Total(first);
  const double second_total = Total(second);
  if (first_total == 0 || second_total == 0) return kUndefined;
  double divergence = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double p = static_cast<double>(first[i]) / first_total;
    const double q = static_cast<double>(second[i]) / second_total;
    const double middle = (p + q) / 2;
    divergence += (Term(p, middle) + Term(q, middle)) / 2;
  }
  return std::sqrt(std::clamp(divergence, 0.0, 1.0));
}

double CosineSimilarity(absl::Span<const std::uint64_t> first,
                        absl::Span<const std::uint64_t> second) {
  double product = 0;
  double first_square = 0;
  double second_square = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto a = static_cast<double>(first[i]);
    const auto b = static_cast<double>(second[i]);
    product += a * b;
    first_square += a * a;
    second_square += b * b;
  }
  if (first_square == 0 || second_square == 0) return kUndefined;
  return product / std::sqrt(first_square * second_square);
}

PlanNode TokenSimilarityNode(const std::vector<std::string>& datasets) {
  PlanNode node;
  node.id = kTokenSimilarityNodeId;
  node.label = "similarity of the datasets' codes";
  node.action = "token_similarity";
  node.config = {{"datasets", datasets}};
  for (const std::string& dataset : datasets) {
    node.inputs[dataset] = CodesNodeId(dataset);
  }
  node.is_result = true;
  node.run = [datasets](const ActionContext& action) {
    return Measure(action, datasets);
  };
  return node;
}

}  // namespace culturemert

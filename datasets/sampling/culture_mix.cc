#include "datasets/sampling/culture_mix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"

namespace culturemert {
namespace {

using Amounts = std::map<std::string, std::uint64_t>;

absl::Status NoSuchCulture(const std::string& culture, const char* where,
                           const Amounts& drawable) {
  std::vector<std::string> valid;
  for (const auto& [name, amount] : drawable) valid.push_back(name);
  return absl::InvalidArgumentError(
      absl::StrCat("culture \"", culture, "\" in ", where, " has no recording",
                   DidYouMean(culture, valid)));
}

absl::Status NothingToDraw(const std::string& culture) {
  return absl::InvalidArgumentError(absl::StrCat(
      "culture \"", culture, "\" is to be drawn from, but none of its ",
      "recordings is long enough for a segment; leave the culture out, add ",
      "recordings or lower minimum_samples"));
}

absl::Status CheckReplay(const Amounts& drawable, const CultureMix& mix) {
  // Written so that it catches NaN too.
  if (!(mix.replay_fraction >= 0 && mix.replay_fraction <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("replay_fraction is ", mix.replay_fraction,
                     ", but must be from 0 to 1"));
  }
  if (mix.replay_fraction == 0) return absl::OkStatus();
  if (mix.replay_cultures.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("replay_fraction is ", mix.replay_fraction,
                     ", but replay_cultures names no culture to replay"));
  }
  for (const std::string& culture : mix.replay_cultures) {
    if (drawable.count(culture) == 0) {
      return NoSuchCulture(culture, "replay_cultures", drawable);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckWeights(const Amounts& drawable,
                          const std::set<std::string>& replay,
                          const CultureMix& mix) {
  if (mix.weighting != CultureWeighting::kGiven) {
    if (mix.weights.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("a weight for culture \"", mix.weights.begin()->first,
                     "\" is given, but the weighting does not use weights"));
  }
  for (const auto& [culture, weight] : mix.weights) {
    if (replay.count(culture) > 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "culture \"", culture, "\" is in replay_cultures and has a weight; ",
          "weights are for the other cultures, replay_fraction for these"));
    }
    if (drawable.count(culture) == 0) {
      return NoSuchCulture(culture, "weights", drawable);
    }
    if (!(weight >= 0) || std::isinf(weight)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the weight of culture \"", culture, "\" is ", weight,
                       ", but must be a number of at least 0"));
    }
  }
  return absl::OkStatus();
}

// What the shares of the mix are in proportion to.
absl::StatusOr<double> MixWeight(const std::string& culture,
                                 std::uint64_t amount, const CultureMix& mix) {
  double weight = static_cast<double>(amount);
  if (mix.weighting == CultureWeighting::kBalanced) weight = 1;
  if (mix.weighting == CultureWeighting::kGiven) {
    const auto found = mix.weights.find(culture);
    if (found == mix.weights.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("culture \"", culture,
                       "\" has no weight; give it one (0 to leave it out)"));
    }
    weight = found->second;
  }
  if (weight > 0 && amount == 0) return NothingToDraw(culture);
  return weight;
}

// Appends the cultures of one part, the mix or the replay, whose share of all
// segments is `part_share`.
absl::Status AppendPart(const std::map<std::string, double>& weights,
                        bool replay, double part_share,
                        std::vector<CultureShare>& shares) {
  if (part_share == 0) return absl::OkStatus();
  // Scaled first, as a sum of large weights could overflow.
  double largest = 0;
  for (const auto& [culture, weight] : weights) {
    largest = std::max(largest, weight);
  }
  if (largest == 0) {
    return absl::InvalidArgumentError(
        replay ? "no recording of replay_cultures is long enough for a segment"
        : weights.empty()
            ? "there is nothing to draw from: no culture is left for the mix, "
              "and replay_fraction is below 1"
            : "there is nothing to draw from: no culture of the mix has both "
              "a weight above 0 and a recording long enough for a segment");
  }
  double sum = 0;
  for (const auto& [culture, weight] : weights) sum += weight / largest;
  for (const auto& [culture, weight] : weights) {
    const double share_of_part = weight / largest / sum;
    if (share_of_part > 0) {
      shares.push_back(
          {culture, replay, share_of_part, share_of_part * part_share});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CultureShare>> CultureShares(
    const std::map<std::string, std::uint64_t>& drawable,
    const CultureMix& mix) {
  const std::set<std::string> replay(mix.replay_cultures.begin(),
                                     mix.replay_cultures.end());
  RETURN_IF_ERROR(CheckReplay(drawable, mix));
  RETURN_IF_ERROR(CheckWeights(drawable, replay, mix));
  std::map<std::string, double> mix_weights;
  std::map<std::string, double> replay_weights;
  for (const auto& [culture, amount] : drawable) {
    if (replay.count(culture) > 0) {
      replay_weights[culture] = static_cast<double>(amount);
    } else if (mix.replay_fraction < 1) {
      ASSIGN_OR_RETURN(mix_weights[culture], MixWeight(culture, amount, mix));
    }
  }
  std::vector<CultureShare> shares;
  RETURN_IF_ERROR(
      AppendPart(mix_weights, false, 1 - mix.replay_fraction, shares));
  RETURN_IF_ERROR(
      AppendPart(replay_weights, true, mix.replay_fraction, shares));
  std::sort(shares.begin(), shares.end(),
            [](const CultureShare& a, const CultureShare& b) {
              return a.culture < b.culture;
            });
  return shares;
}

std::vector<std::uint64_t> Apportion(std::uint64_t total,
                                     absl::Span<const double> shares) {
  std::vector<std::uint64_t> parts;
  std::vector<double> remainders;
  std::uint64_t apportioned = 0;
  for (const double share : shares) {
    const double exact = static_cast<double>(total) * share;
    parts.push_back(static_cast<std::uint64_t>(exact));
    remainders.push_back(exact - std::floor(exact));
    apportioned += parts.back();
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     return remainders[a] > remainders[b];
                   });
  for (const std::size_t i : order) {
    if (apportioned == total) break;
    ++parts[i];
    ++apportioned;
  }
  return parts;
}

}  // namespace culturemert

#include "models/merging/magnitude_selector.h"

#include <cstddef>
#include <cstring>

namespace culturemert {
namespace {

constexpr std::size_t kBins = 1 << 16;

std::uint32_t MagnitudeBits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits & 0x7fffffff;
}

// The bin that holds the rank-th largest entry (1 is the largest), and the rank
// it has within that bin.
struct Place {
  std::uint32_t bin = 0;
  std::uint64_t rank = 0;
};
Place FindRank(const std::vector<std::uint64_t>& histogram,
               std::uint64_t rank) {
  std::uint32_t bin = kBins - 1;
  while (bin > 0 && rank > histogram[bin]) rank -= histogram[bin--];
  return {bin, rank};
}

}  // namespace

MagnitudeSelector::MagnitudeSelector() : histogram_(kBins, 0) {}

void MagnitudeSelector::Count(absl::Span<const float> values) {
  for (const float value : values) ++histogram_[MagnitudeBits(value) >> 16];
  size_ += values.size();
}

void MagnitudeSelector::Choose(std::uint64_t n) {
  const Place place = FindRank(histogram_, n);
  upper_half_ = place.bin;
  rank_ = place.rank;
  histogram_.assign(kBins, 0);
}

void MagnitudeSelector::CountAgain(absl::Span<const float> values) {
  for (const float value : values) {
    const std::uint32_t bits = MagnitudeBits(value);
    if (bits >> 16 == upper_half_) ++histogram_[bits & 0xffff];
  }
}

float MagnitudeSelector::Threshold() const {
  const std::uint32_t bits =
      upper_half_ << 16 | FindRank(histogram_, rank_).bin;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace culturemert

// Random choices in the order in which a composer makes them, from one
// RandomStream: the n-th choice is a pure function of the stream and of n.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_DRAWS_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_DRAWS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// Not safe to share between threads; copies go on independently from where
// they were copied.
class Draws {
 public:
  explicit Draws(const RandomStream& stream) : stream_(stream) {}

  // Uniform in [0, 1).
  double Unit() { return stream_.UniformDouble(next_++); }

  // Uniform in [low, high).
  double Between(double low, double high) {
    return low + (high - low) * Unit();
  }

  // Triangular: between -half_width and half_width, most likely 0.
  double Around0(double half_width) {
    const double first = Unit();
    return half_width * (first + Unit() - 1);
  }

  // True with this probability.
  bool Chance(double probability) { return Unit() < probability; }

  // Uniform in [0, bound); 0 where bound is 0.
  std::size_t Below(std::size_t bound) {
    return static_cast<std::size_t>(stream_.UniformInt(next_++, bound));
  }

  // Uniform in [low, high].
  int Integer(int low, int high) {
    return low + static_cast<int>(Below(static_cast<std::size_t>(
                     high > low ? high - low + 1 : 1)));
  }

  // An index, in proportion to its weight. Weights are not negative and one at
  // least is positive.
  std::size_t Weighted(absl::Span<const double> weights) {
    double total = 0;
    for (const double weight : weights) total += weight;
    double rest = Unit() * total;
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return weights.size() - 1;
  }

  // An element, each with the same probability. `values` is not empty.
  template <typename Container>
  const auto& Pick(const Container& values) {
    return values[Below(values.size())];
  }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_DRAWS_H_

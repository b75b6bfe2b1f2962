// JSON printed so that equal values have equal bytes, on every machine and in
// every locale; hashes and golden files build on it.
//
// Keys are sorted by their bytes. Integers have neither point nor exponent;
// doubles always have one of the two, so the types survive: the integer 1 and
// the double 1.0 are different values. Strings escape what JSON demands and
// nothing else. There is no space in the compact layout; the indented one puts
// members two spaces deeper, and a list of scalars on one line if it fits.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CANONICAL_JSON_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CANONICAL_JSON_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/statusor.h"

namespace culturemert {

enum class JsonLayout { kCompact, kIndented };

// kInvalidArgument, naming the path, for what JSON cannot hold: NaN,
// infinities, strings that are not UTF-8, binary data. No line feed at the end.
absl::StatusOr<std::string> CanonicalJson(
    const nlohmann::json& value, JsonLayout layout = JsonLayout::kCompact);

// As CanonicalJson, with the keys in the order the value has them.
absl::StatusOr<std::string> OrderedJson(
    const nlohmann::ordered_json& value,
    JsonLayout layout = JsonLayout::kIndented);

// The fewest digits that read back as the same bits: "0.0005", "1.0", "-0.0",
// "1e-7", "1e16"; without an exponent from 1e-6 to below 1e16. `value` must be
// finite.
std::string ShortestDouble(double value);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CANONICAL_JSON_H_

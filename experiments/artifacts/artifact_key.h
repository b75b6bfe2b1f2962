// What an artifact is known by: a 128-bit hash (XXH3) of everything that its
// content depends on.
//
// The key is made of the action's name and version, the canonical JSON of the
// part of the configuration that the action reads, and the keys of its inputs
// by name. So it is known before anything is computed, equal work has equal
// keys in every experiment, and a change anywhere changes the keys of all that
// comes after. The order of JSON members makes no difference; the integer 1 and
// the double 1.0 do differ, as canonical_json.h says.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_ARTIFACT_KEY_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_ARTIFACT_KEY_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

// Printed by ToHex as 32 hexadecimal digits, in tables by ShortKey.
using ArtifactKey = Hash128;

// Where an artifact is: the action is the directory, the key the name in it.
struct ArtifactId {
  std::string action;
  ArtifactKey key;

  friend bool operator==(const ArtifactId& a, const ArtifactId& b) {
    return a.action == b.action && a.key == b.key;
  }
  friend bool operator<(const ArtifactId& a, const ArtifactId& b) {
    return a.action != b.action ? a.action < b.action : a.key < b.key;
  }
};

// What a key is made of.
struct ArtifactRecipe {
  std::string action;
  // Of the action's code: to be raised with every change of what it computes.
  int version = 1;
  // All that the action reads of the configuration, seeds included.
  nlohmann::json config = nlohmann::json::object();
  // By the action's own names for them ("codes", "weights").
  std::map<std::string, ArtifactId> inputs;
};

// The first 8 of the 32 digits.
std::string ShortKey(const ArtifactKey& key);

// OK for what can be an action's name: lower-case letters, digits and "_", a
// letter first, at most 64.
absl::Status CheckActionName(absl::string_view action);

// kInvalidArgument for a bad action name, a version below 1, an input without
// name, or a configuration that JSON cannot hold (NaN, text that is not UTF-8).
absl::StatusOr<ArtifactKey> ComputeArtifactKey(const ArtifactRecipe& recipe);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_ARTIFACT_KEY_H_

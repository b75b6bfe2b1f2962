#include "experiments/artifacts/artifact_key.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/console/human.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Another format of artifacts gets other keys.
constexpr absl::string_view kSchema = "culturemert artifact 1";
constexpr std::size_t kMaxActionBytes = 64;
constexpr std::size_t kShortDigits = 8;

}  // namespace

std::string ShortKey(const ArtifactKey& key) {
  return key.ToHex().substr(0, kShortDigits);
}

absl::Status CheckActionName(absl::string_view action) {
  bool good = !action.empty() && action.size() <= kMaxActionBytes &&
              absl::ascii_islower(static_cast<unsigned char>(action[0]));
  for (const char c : action) {
    const auto byte = static_cast<unsigned char>(c);
    good = good &&
           (absl::ascii_islower(byte) || absl::ascii_isdigit(byte) || c == '_');
  }
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", Printable(action), "\" is no action's name: expected at most ",
      kMaxActionBytes, " lower-case letters, digits and _, a letter first"));
}

absl::StatusOr<ArtifactKey> ComputeArtifactKey(const ArtifactRecipe& recipe) {
  RETURN_IF_ERROR(CheckActionName(recipe.action));
  if (recipe.version < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(recipe.action, ": the action's version is ",
                     recipe.version, ", expected at least 1"));
  }
  ASSIGN_OR_RETURN(const std::string config,
                   Annotate(CanonicalJson(recipe.config),
                            absl::StrCat(recipe.action, ": configuration")));
  Hasher hasher;
  hasher.UpdateField(kSchema);
  hasher.UpdateField(recipe.action);
  hasher.UpdateField(absl::StrCat(recipe.version));
  hasher.UpdateField(config);
  for (const auto& [name, input] : recipe.inputs) {
    if (name.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(recipe.action, ": an input has no name"));
    }
    hasher.UpdateField(name);
    hasher.UpdateField(input.key.ToHex());
  }
  return hasher.Digest();
}

}  // namespace culturemert

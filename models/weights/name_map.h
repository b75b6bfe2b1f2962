// How the names of a checkpoint's tensors become the suite's own, as data: a
// table of rules, the first that matches a name decides. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_WEIGHTS_NAME_MAP_H_
#define CULTUREMERT_MODELS_WEIGHTS_NAME_MAP_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "re2/re2.h"

namespace culturemert {

struct NameRule {
  const char* pattern;  // RE2; has to match the whole name
  // What the name becomes, with \1 to \9 for the groups of the pattern; nullptr
  // for tensors that are left out knowingly.
  const char* rewrite;
};

struct MappedName {
  enum class Kind {
    kRenamed,  // `name` is the suite's own
    kIgnored,  // a rule says to leave it out
    kUnknown,  // no rule matches
  };
  Kind kind = Kind::kUnknown;
  std::string name;
};

class NameMap {
 public:
  // The rules are part of the program: one that is no pattern, or whose rewrite
  // names a group it lacks, ends it.
  explicit NameMap(absl::Span<const NameRule> rules);

  MappedName Map(absl::string_view name) const;

 private:
  struct CompiledRule {
    std::unique_ptr<RE2> pattern;
    const char* rewrite;
  };
  std::vector<CompiledRule> rules_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_NAME_MAP_H_

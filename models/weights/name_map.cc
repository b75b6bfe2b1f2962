#include "models/weights/name_map.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace culturemert {
namespace {

re2::StringPiece Piece(absl::string_view text) {
  return re2::StringPiece(text.data(), text.size());
}

}  // namespace

NameMap::NameMap(absl::Span<const NameRule> rules) {
  for (const NameRule& rule : rules) {
    CompiledRule compiled{std::make_unique<RE2>(rule.pattern), rule.rewrite};
    std::string error = compiled.pattern->error();
    if (!compiled.pattern->ok() ||
        (rule.rewrite != nullptr &&
         !compiled.pattern->CheckRewriteString(rule.rewrite, &error))) {
      std::fprintf(stderr, "bad name rule \"%s\": %s\n", rule.pattern,
                   error.c_str());
      std::abort();
    }
    rules_.push_back(std::move(compiled));
  }
}

MappedName NameMap::Map(absl::string_view name) const {
  constexpr int kMaxGroups = 10;
  std::array<re2::StringPiece, kMaxGroups> groups;
  for (const CompiledRule& rule : rules_) {
    if (!rule.pattern->Match(Piece(name), 0, name.size(), RE2::ANCHOR_BOTH,
                             groups.data(), kMaxGroups)) {
      continue;
    }
    if (rule.rewrite == nullptr) return {MappedName::Kind::kIgnored, ""};
    MappedName mapped{MappedName::Kind::kRenamed, ""};
    rule.pattern->Rewrite(&mapped.name, rule.rewrite, groups.data(),
                          kMaxGroups);
    return mapped;
  }
  return {};
}

}  // namespace culturemert

#include "models/weights/pickle_document.h"

#include <cstddef>

namespace culturemert {

absl::string_view PickleKindName(PickleKind kind) {
  switch (kind) {
    case PickleKind::kNone:
      return "None";
    case PickleKind::kBool:
      return "a bool";
    case PickleKind::kInteger:
      return "an integer";
    case PickleKind::kLongInteger:
      return "an integer above 64 bits";
    case PickleKind::kFloat:
      return "a float";
    case PickleKind::kString:
      return "a string";
    case PickleKind::kBytes:
      return "bytes";
    case PickleKind::kTuple:
      return "a tuple";
    case PickleKind::kList:
      return "a list";
    case PickleKind::kSet:
      return "a set";
    case PickleKind::kDict:
      return "a dictionary";
    case PickleKind::kGlobal:
      return "a class";
    case PickleKind::kObject:
      return "an object";
    case PickleKind::kStorage:
      return "a storage";
    case PickleKind::kTensor:
      return "a tensor";
  }
  return "unknown";
}

const PickleNode* FindMember(const PickleDocument& document,
                             const PickleNode& node, absl::string_view key) {
  const PickleNode* dictionary = &node;
  if (node.kind == PickleKind::kObject) {
    dictionary = &document.nodes[node.items[kObjectState]];
  }
  if (dictionary->kind != PickleKind::kDict) return nullptr;
  const std::vector<PickleId>& items = dictionary->items;
  for (std::size_t i = items.size(); i >= 2; i -= 2) {
    const PickleNode& name = document.nodes[items[i - 2]];
    if (name.kind == PickleKind::kString && name.text == key) {
      return &document.nodes[items[i - 1]];
    }
  }
  return nullptr;
}

}  // namespace culturemert

#include "models/weights/pickle_builder.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/weights/pickle_tensor_rules.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert::weights_internal {
namespace {

constexpr std::uint64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();

absl::Status Invalid(absl::string_view message) {
  return absl::InvalidArgumentError(message);
}

}  // namespace

PickleBuilder::PickleBuilder(std::uint64_t pickle_bytes)
    : copies_left_(4 * pickle_bytes) {
  document_.nodes.resize(3);
  document_.nodes[boolean(false)].kind = PickleKind::kBool;
  document_.nodes[boolean(true)].kind = PickleKind::kBool;
  document_.nodes[boolean(true)].integer = 1;
}

absl::StatusOr<PickleId> PickleBuilder::Add(PickleNode node) {
  if (document_.nodes.size() >= kMaxPickleNodes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "more than ", kMaxPickleNodes, " values; save the weights alone"));
  }
  document_.nodes.push_back(std::move(node));
  return static_cast<PickleId>(document_.nodes.size() - 1);
}

absl::StatusOr<PickleId> PickleBuilder::AddGlobal(absl::string_view module,
                                                  absl::string_view name) {
  if (module.size() + name.size() > kMaxPickleGlobalNameBytes) {
    return Invalid(absl::StrCat("a class name of ", module.size() + name.size(),
                                " bytes, allowed are ",
                                kMaxPickleGlobalNameBytes));
  }
  std::string full_name = absl::StrCat(module, ".", name);
  if (!IsValidUtf8(full_name)) {
    return Invalid(absl::StrCat("the class name ", QuoteForMessage(full_name),
                                " is not UTF-8"));
  }
  const auto [position, is_new] = globals_.try_emplace(full_name, 0);
  if (!is_new) return position->second;
  if (globals_.size() > kMaxPickleGlobals) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kMaxPickleGlobals, " classes"));
  }
  PickleStorage storage;
  storage.class_name = full_name;
  if (FindFunction(full_name) == nullptr &&
      !TorchTypeNamed(full_name).has_value() && !SetElementSize(&storage)) {
    document_.opaque.push_back(full_name);
  }
  PickleNode node;
  node.kind = PickleKind::kGlobal;
  node.text = std::move(full_name);
  ASSIGN_OR_RETURN(position->second, Add(std::move(node)));
  return position->second;
}

absl::Status PickleBuilder::Charge(std::uint64_t copied) {
  if (copied > copies_left_) {
    return absl::ResourceExhaustedError(
        "its parts are used so often that it would grow without bounds");
  }
  copies_left_ -= copied;
  return absl::OkStatus();
}

absl::StatusOr<PickleId> PickleBuilder::PersistentLoad(PickleId id) {
  constexpr std::size_t kTag = 0, kClass = 1, kKey = 2, kElements = 4,
                        kView = 5;
  const PickleNode& tuple = node(id);
  const std::vector<PickleId>& parts = tuple.items;
  if (tuple.kind != PickleKind::kTuple || parts.size() < 2) {
    return Invalid(absl::StrCat("the persistent id must be a tuple, found ",
                                PickleKindName(tuple.kind)));
  }
  if (node(parts[kTag]).text == "module") return parts[kClass];
  if (node(parts[kTag]).text != "storage" || parts.size() <= kElements ||
      node(parts[kClass]).kind != PickleKind::kGlobal ||
      node(parts[kKey]).kind != PickleKind::kString ||
      node(parts[kElements]).kind != PickleKind::kInteger ||
      node(parts[kElements]).integer < 0) {
    return Invalid(
        "the persistent id is not (\"storage\", class, key, device, elements)");
  }
  if (parts.size() > kView && node(parts[kView]).kind != PickleKind::kNone) {
    return absl::UnimplementedError(
        "a storage inside another one, as of PyTorch before 0.4, is not "
        "supported; load it with torch.load and save it again");
  }
  PickleStorage storage;
  storage.class_name = node(parts[kClass]).text;
  storage.key = node(parts[kKey]).text;
  storage.num_elements =
      static_cast<std::uint64_t>(node(parts[kElements]).integer);
  RETURN_IF_ERROR(Charge(storage.key.size()));
  if (!SetElementSize(&storage)) {
    return absl::UnimplementedError(absl::StrCat(
        "storages of class ", storage.class_name, " are not supported"));
  }
  if (storage.num_elements > kMaxInt64 / storage.element_size_bytes) {
    return Invalid(absl::StrCat("storage ", QuoteForMessage(storage.key),
                                " of ", storage.num_elements, " elements"));
  }
  const auto [position, is_new] =
      storages_.try_emplace(storage.key, document_.storages.size());
  if (is_new) {
    document_.storages.push_back(std::move(storage));
  } else if (const PickleStorage& first = document_.storages[position->second];
             first.class_name != storage.class_name ||
             first.num_elements != storage.num_elements) {
    return Invalid(absl::StrCat("storage ", QuoteForMessage(storage.key),
                                " is ", first.num_elements, " elements of ",
                                first.class_name, " and ", storage.num_elements,
                                " of ", storage.class_name, " at once"));
  }
  PickleNode node;
  node.kind = PickleKind::kStorage;
  node.integer = static_cast<std::int64_t>(position->second);
  return Add(std::move(node));
}

absl::Status PickleBuilder::SetState(PickleId value, PickleId state) {
  PickleNode& target = node(value);
  switch (target.kind) {
    case PickleKind::kObject:
      target.items[kObjectState] = state;
      return absl::OkStatus();
    case PickleKind::kDict:
    case PickleKind::kTensor:
      return absl::OkStatus();
    default:
      return Invalid(
          absl::StrCat("restores the state of ", PickleKindName(target.kind)));
  }
}

// `value` itself if of the kind, or an object's contents of that kind, which
// are created when missing.
absl::StatusOr<PickleId> PickleBuilder::Contents(PickleId value,
                                                 PickleKind kind) {
  if (node(value).kind != PickleKind::kObject) {
    const PickleKind found = node(value).kind;
    if (found == kind ||
        (kind == PickleKind::kList && found == PickleKind::kSet)) {
      return value;
    }
    return Invalid(absl::StrCat("adds to ", PickleKindName(found), " as if to ",
                                PickleKindName(kind)));
  }
  if (node(value).items[kObjectContents] == none()) {
    PickleNode contents;
    contents.kind = kind;
    ASSIGN_OR_RETURN(const PickleId added, Add(std::move(contents)));
    node(value).items[kObjectContents] = added;
  }
  const PickleId contents = node(value).items[kObjectContents];
  if (node(contents).kind == kind) return contents;
  return Invalid("adds to an object as if to a list and a dictionary");
}

absl::Status PickleBuilder::Append(PickleId value,
                                   const std::vector<PickleId>& items) {
  ASSIGN_OR_RETURN(const PickleId list, Contents(value, PickleKind::kList));
  std::vector<PickleId>& target = node(list).items;
  target.insert(target.end(), items.begin(), items.end());
  return absl::OkStatus();
}

absl::Status PickleBuilder::SetItems(PickleId value,
                                     const std::vector<PickleId>& items) {
  if (items.size() % 2 != 0) return Invalid("a key lacks its value");
  ASSIGN_OR_RETURN(const PickleId dict, Contents(value, PickleKind::kDict));
  std::vector<PickleId>& target = node(dict).items;
  target.insert(target.end(), items.begin(), items.end());
  return absl::OkStatus();
}

PickleDocument PickleBuilder::Finish(PickleId root) {
  document_.root = root;
  std::sort(document_.opaque.begin(), document_.opaque.end());
  return std::move(document_);
}

}  // namespace culturemert::weights_internal

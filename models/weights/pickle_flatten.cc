#include "models/weights/pickle_flatten.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

class Flattener {
 public:
  explicit Flattener(const PickleDocument& document)
      : document_(document), is_open_(document.nodes.size()) {
    for (const PickleNode& node : document.nodes) {
      work_left_ += kUnfolding * (1 + node.items.size() + node.text.size());
    }
  }

  absl::StatusOr<FlatPickle> Run() {
    RETURN_IF_ERROR(Visit(document_.root, "", 0));
    return std::move(flat_);
  }

 private:
  static constexpr std::uint64_t kUnfolding = 8;

  absl::Status Work(std::uint64_t amount) {
    if (amount > work_left_) {
      return absl::ResourceExhaustedError(
          "its parts are used so often that it would grow without bounds");
    }
    work_left_ -= amount;
    return absl::OkStatus();
  }

  absl::Status Visit(PickleId id, const std::string& name, std::size_t depth) {
    const PickleNode& node = document_.nodes[id];
    RETURN_IF_ERROR(Work(1));
    if (node.kind == PickleKind::kTensor) {
      return AddTensor(name, static_cast<std::uint64_t>(node.integer));
    }
    if (node.items.empty() || is_open_[id]) return absl::OkStatus();
    if (depth == kMaxFlattenDepth) {
      return absl::ResourceExhaustedError(
          absl::StrCat(QuoteForMessage(name), " is nested deeper than ",
                       kMaxFlattenDepth, " levels"));
    }
    is_open_[id] = true;
    RETURN_IF_ERROR(VisitItems(node, name, depth + 1));
    is_open_[id] = false;
    return absl::OkStatus();
  }

  absl::Status VisitItems(const PickleNode& node, const std::string& name,
                          std::size_t depth) {
    if (node.kind == PickleKind::kObject) {
      RETURN_IF_ERROR(Visit(node.items[kObjectState], name, depth));
      return Visit(node.items[kObjectContents], name, depth);
    }
    if (node.kind == PickleKind::kDict) {
      for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
        RETURN_IF_ERROR(
            VisitMember(name, KeyOf(node, i), node.items[i + 1], depth));
      }
      return absl::OkStatus();
    }
    if (IsStringList(node)) return AddStringList(name, node);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      RETURN_IF_ERROR(VisitMember(name, absl::StrCat(i), node.items[i], depth));
    }
    return absl::OkStatus();
  }

  // Names are only made for what may hold something.
  absl::Status VisitMember(const std::string& parent, absl::string_view key,
                           PickleId id, std::size_t depth) {
    const PickleNode& node = document_.nodes[id];
    if (node.kind != PickleKind::kTensor && node.items.empty()) {
      return Work(1);
    }
    if (parent.size() + key.size() >= kMaxFlatNameBytes) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "the name ", QuoteForMessage(absl::StrCat(parent, ".", key)),
          " is longer than ", kMaxFlatNameBytes, " bytes"));
    }
    return Visit(
        id, parent.empty() ? std::string(key) : absl::StrCat(parent, ".", key),
        depth);
  }

  std::string KeyOf(const PickleNode& dict, std::size_t i) const {
    const PickleNode& key = document_.nodes[dict.items[i]];
    switch (key.kind) {
      case PickleKind::kString:
        return key.text;
      case PickleKind::kInteger:
        return absl::StrCat(key.integer);
      case PickleKind::kBool:
        return key.integer != 0 ? "True" : "False";
      default:
        return absl::StrCat("[", i / 2, "]");
    }
  }

  bool IsStringList(const PickleNode& node) const {
    return std::all_of(
        node.items.begin(), node.items.end(), [&](PickleId item) {
          return document_.nodes[item].kind == PickleKind::kString;
        });
  }

  absl::Status AddTensor(const std::string& name, std::uint64_t tensor) {
    RETURN_IF_ERROR(Work(document_.tensors[tensor].shape.size()));
    if (flat_.tensors.emplace(name, tensor).second) return absl::OkStatus();
    return Twice("tensors", name);
  }

  absl::Status AddStringList(const std::string& name, const PickleNode& node) {
    std::vector<std::string> strings;
    for (const PickleId item : node.items) {
      const std::string& text = document_.nodes[item].text;
      RETURN_IF_ERROR(Work(1 + text.size()));
      strings.push_back(text);
    }
    if (flat_.string_lists.emplace(name, std::move(strings)).second) {
      return absl::OkStatus();
    }
    return Twice("lists of strings", name);
  }

  static absl::Status Twice(absl::string_view what, absl::string_view name) {
    return absl::InvalidArgumentError(
        absl::StrCat("two ", what, " have the name ", QuoteForMessage(name)));
  }

  const PickleDocument& document_;
  std::vector<bool> is_open_;
  std::uint64_t work_left_ = 0;
  FlatPickle flat_;
};

}  // namespace

absl::StatusOr<FlatPickle> FlattenPickle(const PickleDocument& document) {
  return Flattener(document).Run();
}

}  // namespace culturemert

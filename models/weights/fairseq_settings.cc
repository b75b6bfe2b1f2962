#include "models/weights/fairseq_settings.h"

#include "absl/strings/string_view.h"

namespace culturemert {
namespace {

// A member of a dictionary, or of a DictConfig, which keeps its members in
// `_content` and wraps plain values into nodes with a `_val`. Null if there is
// none; `node` may be null.
const PickleNode* FindSetting(const PickleDocument& document,
                              const PickleNode* node, absl::string_view key) {
  if (node == nullptr) return nullptr;
  const PickleNode* found = FindMember(document, *node, key);
  if (found == nullptr) {
    const PickleNode* const content = FindMember(document, *node, "_content");
    if (content != nullptr) found = FindMember(document, *content, key);
  }
  if (found == nullptr) return nullptr;
  const PickleNode* const value = FindMember(document, *found, "_val");
  return value != nullptr ? value : found;
}

std::optional<bool> AsBool(const PickleNode* node) {
  if (node == nullptr || node->kind != PickleKind::kBool) return std::nullopt;
  return node->integer != 0;
}

std::optional<std::int64_t> AsInteger(const PickleNode* node) {
  if (node == nullptr || node->kind != PickleKind::kInteger) {
    return std::nullopt;
  }
  return node->integer;
}

}  // namespace

FairseqSettings FindFairseqSettings(const PickleDocument& document) {
  const PickleNode* const root = &document.root_node();
  const PickleNode* const cfg = FindSetting(document, root, "cfg");
  const PickleNode* const args = FindSetting(document, root, "args");
  const auto find = [&](absl::string_view group, absl::string_view key) {
    const PickleNode* const found =
        FindSetting(document, FindSetting(document, cfg, group), key);
    return found != nullptr ? found : FindSetting(document, args, key);
  };
  FairseqSettings settings;
  settings.layer_norm_first = AsBool(find("model", "layer_norm_first"));
  settings.deepnorm = AsBool(find("model", "deepnorm"));
  settings.encoder_attention_heads =
      AsInteger(find("model", "encoder_attention_heads"));
  settings.sample_rate = AsInteger(find("task", "sample_rate"));
  return settings;
}

}  // namespace culturemert

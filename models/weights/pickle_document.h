// What a Python pickle holds, as plain data. Free of LibTorch.
//
// Values are nodes of one table and refer to one another by number, as Python
// objects may be shared by several others or contain themselves.

#ifndef CULTUREMERT_MODELS_WEIGHTS_PICKLE_DOCUMENT_H_
#define CULTUREMERT_MODELS_WEIGHTS_PICKLE_DOCUMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/weights/element_type.h"

namespace culturemert {

// The place of a node in PickleDocument::nodes.
using PickleId = std::uint32_t;

enum class PickleKind : std::uint8_t {
  kNone,
  kBool,         // `integer` is 0 or 1
  kInteger,      // `integer`
  kLongInteger,  // `text`: two's complement, little-endian, over 8 bytes
  kFloat,        // `number`
  kString,       // `text`, UTF-8
  kBytes,        // `text`
  kTuple,        // `items`
  kList,         // `items`
  kSet,          // `items`; a frozenset too
  kDict,         // `items`: key, value, key, value, …; an OrderedDict too
  kGlobal,       // `text`: a class or function, "argparse.Namespace"
  kObject,       // `items`, see below
  kStorage,      // `integer`: the place in PickleDocument::storages
  kTensor,       // `integer`: the place in PickleDocument::tensors
};

// "a list", for messages.
absl::string_view PickleKindName(PickleKind kind);

struct PickleNode {
  PickleKind kind = PickleKind::kNone;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<PickleId> items;
};

// An object of a class that is not understood, and was not created: what the
// pickle would have created it from, in the four items of its node.
enum PickleObjectItem {
  kObjectClass,      // a kGlobal, or the kObject that was called
  kObjectArguments,  // of the call; mostly a kTuple
  kObjectState,      // what it was to restore itself from; kNone if nothing
  kObjectContents,   // a kList or kDict of what was added; kNone if nothing
  kNumObjectItems,
};

// The memory of one or more tensors, which is not in the pickle itself.
struct PickleStorage {
  std::string class_name;  // "torch.FloatStorage"
  std::string key;         // its name in the file
  std::uint64_t num_elements = 0;
  std::uint64_t element_size_bytes = 0;
  // Nothing where no tensors can be made of it: quantized, complex.
  std::optional<ElementType> type;
};

// A view of a storage. All its elements lie inside the storage.
struct PickleTensor {
  std::uint64_t storage = 0;  // the place in PickleDocument::storages
  ElementType type = ElementType::kFloat32;
  std::int64_t offset_elements = 0;  // of `type`, as the strides
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  // none negative; zero repeats elements
};

struct PickleDocument {
  PickleId root = 0;
  std::vector<PickleNode> nodes;
  // No two with the same key.
  std::vector<PickleStorage> storages;
  std::vector<PickleTensor> tensors;
  // Classes and functions that were not understood, sorted.
  std::vector<std::string> opaque;

  const PickleNode& root_node() const { return nodes[root]; }
};

// The value of the member `key` of a dictionary, or of an object's attributes;
// null if there is none. Of equal keys the last, as in Python.
const PickleNode* FindMember(const PickleDocument& document,
                             const PickleNode& node, absl::string_view key);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_PICKLE_DOCUMENT_H_

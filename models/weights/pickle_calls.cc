#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/weights/pickle_builder.h"
#include "models/weights/pickle_tensor_rules.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert::weights_internal {
namespace {

absl::Status Invalid(absl::string_view message) {
  return absl::InvalidArgumentError(message);
}

// UTF-8 as the Latin-1 it stands for; nothing if a character is above U+00FF.
std::optional<std::string> ToLatin1(absl::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
    } else if (lead <= 0xC3) {
      bytes += static_cast<char>((lead & 3) << 6 | (text[++i] & 0x3F));
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

}  // namespace

const PickleBuilder::Function PickleBuilder::kFunctions[] = {
    {"torch._utils._rebuild_tensor", &PickleBuilder::RebuildTensor},
    {"torch._utils._rebuild_tensor_v2", &PickleBuilder::RebuildTensor},
    {"torch._utils._rebuild_tensor_v3", &PickleBuilder::RebuildTypedTensor},
    {"torch._utils._rebuild_parameter", &PickleBuilder::FirstArgument},
    {"torch._utils._rebuild_parameter_with_state",
     &PickleBuilder::FirstArgument},
    {"torch._tensor._rebuild_from_type_v2", &PickleBuilder::RebuildFromType},
    {"torch.Size", &PickleBuilder::FirstArgument},
    {"collections.OrderedDict", &PickleBuilder::MakeDict},
    {"collections.defaultdict", &PickleBuilder::MakeDefaultDict},
    {"__builtin__.set", &PickleBuilder::MakeSet},
    {"__builtin__.frozenset", &PickleBuilder::MakeSet},
    {"builtins.set", &PickleBuilder::MakeSet},
    {"builtins.frozenset", &PickleBuilder::MakeSet},
    {"_codecs.encode", &PickleBuilder::Encode},
};

const PickleBuilder::Function* PickleBuilder::FindFunction(
    absl::string_view name) {
  const auto found = std::find_if(
      std::begin(kFunctions), std::end(kFunctions),
      [&](const Function& function) { return function.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

absl::StatusOr<PickleId> PickleBuilder::Call(PickleId callable,
                                             PickleId arguments) {
  const PickleNode& called = node(callable);
  if (called.kind != PickleKind::kGlobal &&
      called.kind != PickleKind::kObject) {
    return Invalid(absl::StrCat("calls ", PickleKindName(called.kind)));
  }
  if (const Function* const function = FindFunction(called.text)) {
    return Annotate(Run(*function, arguments), function->name);
  }
  PickleNode object;
  object.kind = PickleKind::kObject;
  object.items.assign(kNumObjectItems, none());
  object.items[kObjectClass] = callable;
  object.items[kObjectArguments] = arguments;
  return Add(std::move(object));
}

absl::StatusOr<PickleId> PickleBuilder::Run(const Function& function,
                                            PickleId arguments_id) {
  constexpr std::size_t kMostArguments = 8;
  const PickleNode& arguments = node(arguments_id);
  if (arguments.kind != PickleKind::kTuple) {
    return Invalid(absl::StrCat("the arguments must be a tuple, found ",
                                PickleKindName(arguments.kind)));
  }
  if (arguments.items.size() > kMostArguments) {
    return Invalid(absl::StrCat("has ", arguments.items.size(), " arguments"));
  }
  RETURN_IF_ERROR(Charge(arguments.items.size()));
  // A copy, as adding nodes moves the others.
  const Arguments copy = arguments.items;
  return (this->*function.run)(copy);
}

absl::StatusOr<PickleId> PickleBuilder::FirstArgument(
    const Arguments& arguments) {
  if (arguments.empty()) return Invalid("has no arguments");
  return arguments[0];
}

absl::StatusOr<PickleId> PickleBuilder::RebuildTensor(
    const Arguments& arguments) {
  return RebuildTensorOf(arguments, /*has_type=*/false);
}

absl::StatusOr<PickleId> PickleBuilder::RebuildTypedTensor(
    const Arguments& arguments) {
  return RebuildTensorOf(arguments, /*has_type=*/true);
}

absl::StatusOr<PickleId> PickleBuilder::RebuildTensorOf(
    const Arguments& arguments, bool has_type) {
  constexpr std::size_t kStorage = 0, kOffset = 1, kShape = 2, kStrides = 3,
                        kType = 6;
  if (arguments.size() < (has_type ? kType + 1 : kStrides + 1)) {
    return Invalid(absl::StrCat("has only ", arguments.size(), " arguments"));
  }
  const PickleNode& storage_node = node(arguments[kStorage]);
  if (storage_node.kind != PickleKind::kStorage) {
    return Invalid(absl::StrCat("needs a storage, found ",
                                PickleKindName(storage_node.kind)));
  }
  PickleTensor tensor;
  tensor.storage = static_cast<std::uint64_t>(storage_node.integer);
  const PickleStorage& storage = document_.storages[tensor.storage];
  std::optional<ElementType> type = storage.type;
  if (has_type) type = TorchTypeNamed(node(arguments[kType]).text);
  if (!type.has_value()) {
    return absl::UnimplementedError(absl::StrCat(
        "elements of ",
        has_type ? node(arguments[kType]).text : storage.class_name,
        " are not supported; convert the tensor to floating point"));
  }
  tensor.type = *type;
  const PickleNode& offset = node(arguments[kOffset]);
  if (offset.kind != PickleKind::kInteger || offset.integer < 0) {
    return Invalid("the offset must be an integer from 0");
  }
  tensor.offset_elements = offset.integer;
  ASSIGN_OR_RETURN(tensor.shape, Integers("the shape", arguments[kShape]));
  ASSIGN_OR_RETURN(tensor.strides,
                   Integers("the strides", arguments[kStrides]));
  if (tensor.shape.size() != tensor.strides.size()) {
    return Invalid(absl::StrCat("the shape has ", tensor.shape.size(),
                                " dimensions, the strides have ",
                                tensor.strides.size()));
  }
  RETURN_IF_ERROR(CheckInside(tensor, storage));
  PickleNode node;
  node.kind = PickleKind::kTensor;
  node.integer = static_cast<std::int64_t>(document_.tensors.size());
  document_.tensors.push_back(std::move(tensor));
  return Add(std::move(node));
}

// (function, type, arguments of the function, attributes): a tensor that has
// attributes, or is of a derived class, as nn.Parameter is.
absl::StatusOr<PickleId> PickleBuilder::RebuildFromType(
    const Arguments& arguments) {
  if (arguments.size() != 4) {
    return Invalid(absl::StrCat("needs 4 arguments, has ", arguments.size()));
  }
  const PickleNode& function = node(arguments[0]);
  if (function.kind == PickleKind::kGlobal &&
      function.text == "torch._tensor._rebuild_from_type_v2") {
    return Invalid("calls itself");
  }
  return Call(arguments[0], arguments[2]);
}

// The items of the list, tuple or set that is the only argument, if any.
absl::StatusOr<PickleId> PickleBuilder::MakeSet(const Arguments& arguments) {
  PickleNode copy;
  copy.kind = PickleKind::kSet;
  if (!arguments.empty()) {
    const PickleNode& items = node(arguments[0]);
    if (arguments.size() > 1 ||
        (items.kind != PickleKind::kList && items.kind != PickleKind::kTuple &&
         items.kind != PickleKind::kSet)) {
      return Invalid(
          absl::StrCat("needs one list, found ", PickleKindName(items.kind)));
    }
    RETURN_IF_ERROR(Charge(items.items.size()));
    copy.items = items.items;
  }
  return Add(std::move(copy));
}

// Of the class its values are made by, which does not matter.
absl::StatusOr<PickleId> PickleBuilder::MakeDefaultDict(const Arguments&) {
  return MakeDict({});
}

// A dictionary of the pairs in the only argument, if any.
absl::StatusOr<PickleId> PickleBuilder::MakeDict(const Arguments& arguments) {
  PickleNode copy;
  copy.kind = PickleKind::kDict;
  if (!arguments.empty()) {
    const PickleNode& pairs = node(arguments[0]);
    if (pairs.kind != PickleKind::kList && pairs.kind != PickleKind::kTuple) {
      return Invalid(absl::StrCat("needs a list of pairs, found ",
                                  PickleKindName(pairs.kind)));
    }
    RETURN_IF_ERROR(Charge(2 * pairs.items.size()));
    for (const PickleId pair_id : pairs.items) {
      const PickleNode& pair = node(pair_id);
      if ((pair.kind != PickleKind::kList && pair.kind != PickleKind::kTuple) ||
          pair.items.size() != 2) {
        return Invalid(absl::StrCat("needs a list of pairs, found in it ",
                                    PickleKindName(pair.kind)));
      }
      copy.items.insert(copy.items.end(), pair.items.begin(), pair.items.end());
    }
  }
  return Add(std::move(copy));
}

absl::StatusOr<PickleId> PickleBuilder::Encode(const Arguments& arguments) {
  if (arguments.size() != 2) {
    return Invalid(absl::StrCat("needs 2 arguments, has ", arguments.size()));
  }
  const PickleNode& text = node(arguments[0]);
  const PickleNode& encoding = node(arguments[1]);
  if (text.kind != PickleKind::kString || encoding.text != "latin1") {
    return Invalid("must encode a string as \"latin1\"");
  }
  RETURN_IF_ERROR(Charge(text.text.size()));
  std::optional<std::string> bytes = ToLatin1(text.text);
  if (!bytes.has_value()) {
    return Invalid(absl::StrCat(QuoteForMessage(text.text, 40),
                                " has characters that latin1 has not"));
  }
  PickleNode node;
  node.kind = PickleKind::kBytes;
  node.text = *std::move(bytes);
  return Add(std::move(node));
}

absl::StatusOr<std::vector<std::int64_t>> PickleBuilder::Integers(
    absl::string_view what, PickleId id) {
  const PickleNode& list = node(id);
  if (list.kind != PickleKind::kTuple && list.kind != PickleKind::kList) {
    return Invalid(absl::StrCat(what, " must be a tuple, found ",
                                PickleKindName(list.kind)));
  }
  if (list.items.size() > kMaxPickleTensorDimensions) {
    return Invalid(absl::StrCat(what, " has ", list.items.size(),
                                " dimensions, at most ",
                                kMaxPickleTensorDimensions, " are supported"));
  }
  RETURN_IF_ERROR(Charge(list.items.size()));
  std::vector<std::int64_t> integers;
  for (const PickleId item_id : list.items) {
    const PickleNode& item = node(item_id);
    if (item.kind != PickleKind::kInteger || item.integer < 0) {
      return Invalid(
          absl::StrCat(what, " must be integers from 0, found ",
                       item.kind == PickleKind::kInteger
                           ? absl::StrCat(item.integer)
                           : std::string(PickleKindName(item.kind))));
    }
    integers.push_back(item.integer);
  }
  return integers;
}

}  // namespace culturemert::weights_internal
